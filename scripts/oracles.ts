import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { SemanticPath } from '../src/core/types.js';
import { dockerfileAdapter } from '../src/formats/dockerfile/parse.js';
import { blueprintErrors } from '../src/verify/static/blueprint.js';
import { buildkitError } from '../src/verify/static/buildkit.js';
import { complaintsOf, freshComplaints } from '../src/verify/static/unit-complaints.js';
import { instructionsByAst, instructionsOf } from './second-opinion.js';

const execute = promisify(execFile);

/** A hardened file beside its original. */
export interface Exhibit {
  /** The folder in which the file stands, relative to it. */
  readonly root: string;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** True for a path of the configuration that the findings say to change. */
  readonly declares: (path: SemanticPath) => boolean;
}

/** The format's own tool, asked whether a hardened file is as good as its original. */
export interface Oracle {
  /** Undefined when it can't tell (it rejects the original too). */
  judge(exhibit: Exhibit): Promise<{ readonly complaint: string | undefined } | undefined>;
}

export interface Oracles {
  readonly dockerfile: Oracle;
  readonly compose: Oracle | undefined;
  readonly systemd: Oracle | undefined;
  readonly quadlet: undefined;
  readonly fly: undefined;
  readonly render: Oracle;
  /** Which oracles this machine lacks. */
  readonly notes: readonly string[];
}

async function works(program: string, args: readonly string[]): Promise<boolean> {
  return execute(program, [...args]).then(
    () => true,
    () => false,
  );
}

export async function createOracles(): Promise<Oracles> {
  const compose = (await works('docker', ['compose', 'version']))
    ? ['docker', 'compose']
    : (await works('docker-compose', ['version']))
      ? ['docker-compose']
      : undefined;
  const analyze = await works('systemd-analyze', ['--version']);
  return {
    dockerfile: buildkitOracle,
    compose: compose === undefined ? undefined : composeOracle(compose),
    systemd: analyze ? unitOracle : undefined,
    quadlet: undefined,
    fly: undefined,
    render: blueprintOracle,
    notes: [
      ...(compose === undefined ? ['not checked: docker compose config (not installed)'] : []),
      ...(analyze ? [] : ['not checked: systemd-analyze verify (not installed)']),
    ],
  };
}

/** BuildKit's own parser, compiled to WebAssembly, and dockerfile-ast's view of the instructions. */
const buildkitOracle: Oracle = {
  judge: async ({ path, before, after }) => {
    if ((await buildkitError(before)) !== undefined) return undefined;
    const rejected = await buildkitError(after);
    return { complaint: rejected ?? (agrees(path, before) ? disagreement(path, after) : undefined) };
  },
};

function agrees(path: string, text: string): boolean {
  return disagreement(path, text) === undefined;
}

/** The first instruction on which dockerfile-ast and harden's scanner differ. */
function disagreement(path: string, text: string): string | undefined {
  const parsed = dockerfileAdapter.parse(path, text);
  if (!parsed.ok) return parsed.reason;
  const [ours, theirs] = [instructionsOf(parsed.document), instructionsByAst(parsed.document)];
  const at = ours.findIndex((instruction, index) => instruction !== theirs[index]);
  if (at === -1 && ours.length === theirs.length) return undefined;
  return `dockerfile-ast sees ${theirs[at] ?? 'another end'}, harden ${ours[at] ?? 'none'}`;
}

type Configuration =
  { readonly ok: true; readonly json: unknown } | { readonly ok: false; readonly error: string };

/** What Compose makes of a file: it must accept the result, and see it changed only where the findings say so. */
function composeOracle([program = '', ...first]: readonly string[]): Oracle {
  const read = async (root: string, path: string, text: string): Promise<Configuration> => {
    const folder = dirname(join(root, path));
    const file = join(folder, `.harden-oracle-${basename(path)}`);
    await writeFile(file, text);
    try {
      const options = ['-p', 'oracle', '-f', file, '--profile', '*', 'config', '--format', 'json'];
      const { stdout } = await execute(program, [...first, ...options], { cwd: folder, maxBuffer: 2 ** 26 });
      return { ok: true, json: JSON.parse(stdout) };
    } catch (error) {
      const stderr = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1);
      return { ok: false, error: stderr ?? String(error) };
    } finally {
      await rm(file, { force: true });
    }
  };
  return {
    judge: async ({ root, path, before, after, declares }) => {
      const original = await read(root, path, before);
      if (!original.ok) return undefined;
      const hardened = await read(root, path, after);
      if (!hardened.ok) return { complaint: hardened.error };
      const stray = differences(original.json, hardened.json, []).find((found) => !declares(found));
      return { complaint: stray === undefined ? undefined : `its merged ${stray.join('.')} differs` };
    },
  };
}

/** The paths in which two configurations differ; a list differs as a whole. */
function differences(a: unknown, b: unknown, path: SemanticPath): readonly SemanticPath[] {
  // An extension means nothing, and Compose writes out what one merges of another.
  if (path[0]?.startsWith('x-') === true) return [];
  const [old, now] = [a ?? {}, b ?? {}];
  if (!isObject(old) || !isObject(now)) return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys].flatMap((key) => differences(old[key], now[key], [...path, key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema of Blueprints, with the complaints that the original has already left out. */
const blueprintOracle: Oracle = {
  judge: ({ before, after }) => {
    const [fresh] = freshComplaints(blueprintErrors(before), blueprintErrors(after));
    return Promise.resolve({ complaint: fresh });
  },
};

const unitOracle: Oracle = {
  judge: async ({ path, before, after }) => {
    const fresh = freshComplaints(await complaints(path, before), await complaints(path, after));
    return { complaint: fresh.length === 0 ? undefined : fresh.join('; ') };
  },
};

async function complaints(path: string, text: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'harden-unit-'));
  const file = join(folder, basename(path));
  try {
    await writeFile(file, text);
    const user = /systemd\/user\//.test(path) ? ['--user'] : [];
    const { stderr } = await execute('systemd-analyze', ['verify', '--man=no', ...user, file]).catch(
      (error: unknown) => error as { stderr: string },
    );
    return complaintsOf(stderr, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
