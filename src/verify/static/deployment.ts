import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join as joinPath } from 'node:path';
import { formatOf } from '../../io/discover.js';
import { folderOf, join } from '../../workload/compose/project.js';
import { failed, passed, skipped, type Check } from '../check.js';
import type { VerifyOptions } from '../options.js';
import type { WorkingCopy } from '../subject.js';
import { told } from '../told.js';
import { isMissing } from '../tools.js';
import { blueprintErrors } from './blueprint.js';
import { PATIENCE } from './patience.js';
import { freshComplaints } from './unit-complaints.js';

const FLY = 'fly config validate accepts it';
const RENDER = "it has the form of Render's Blueprint specification";

/** A deployment file and its variant that builds the hardened Dockerfile. */
interface DeploymentFile {
  readonly path: string;
  readonly hardenedPath: string;
}

/** Asks about the deployment files that were made to build a hardened Dockerfile. */
export async function* deploymentChecks(copy: WorkingCopy, options: VerifyOptions): AsyncGenerator<Check> {
  for (const file of deploymentFiles(copy)) {
    if (options.signal.aborted) return;
    const check = /\.toml$/.test(file.path)
      ? await flyCheck(file, copy, options)
      : await renderCheck(file, copy);
    if (options.signal.aborted) return;
    yield check;
  }
}

/** The variants beside a Dockerfile or a deployment file and above it, where harden writes them. */
function deploymentFiles({ folder, pairs }: WorkingCopy): readonly DeploymentFile[] {
  const folders = new Set<string>(['.']);
  for (const { path } of pairs.filter(({ format }) => ['dockerfile', 'fly', 'render'].includes(format))) {
    for (let at = folderOf(path); at !== '.'; at = folderOf(at)) folders.add(at);
  }
  return [...folders].flatMap((at) =>
    readdirSync(joinPath(folder, at))
      .filter((name) => isVariant(name))
      .map((name) => ({ path: join(at, name.replace('.hardened.', '.')), hardenedPath: join(at, name) }))
      .filter(({ path }) => existsSync(joinPath(folder, path))),
  );
}

function isVariant(name: string): boolean {
  const original = name.replace('.hardened.', '.');
  return original !== name && (formatOf(original) === 'fly' || /^render\.ya?ml$/.test(original));
}

async function flyCheck(
  { path, hardenedPath }: DeploymentFile,
  copy: WorkingCopy,
  { tools: { flyctl }, signal }: VerifyOptions,
): Promise<Check> {
  if (isMissing(flyctl)) return skipped('static', path, FLY, flyctl.missing);
  const validate = (file: string): ReturnType<typeof flyctl.call> =>
    flyctl.call(['config', 'validate', '--config', basename(file)], {
      cwd: joinPath(copy.folder, folderOf(file)),
      timeout: PATIENCE,
      signal,
    });
  const after = await validate(hardenedPath);
  if (after.code === 0) return passed('static', path, FLY);
  const before = await validate(path);
  return before.code === 0
    ? failed('static', path, FLY, told(after.stderr || after.stdout, copy))
    : skipped(
        'static',
        path,
        FLY,
        `it doesn't accept the original either: ${told(before.stderr || before.stdout, copy)}`,
      );
}

async function renderCheck({ path, hardenedPath }: DeploymentFile, copy: WorkingCopy): Promise<Check> {
  const errors = async (file: string): Promise<readonly string[]> =>
    blueprintErrors(await readFile(joinPath(copy.folder, file), 'utf8'));
  const [before, after] = [await errors(path), await errors(hardenedPath)];
  const fresh = freshComplaints(before, after);
  if (fresh.length > 0) return failed('static', path, RENDER, told(fresh.join('\n'), copy));
  return before.length > 0
    ? skipped('static', path, RENDER, `the original hasn't it either: ${told(before.join('\n'), copy)}`)
    : passed('static', path, RENDER);
}
