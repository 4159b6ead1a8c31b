import { failed, passed, skipped, type Check } from '../check.js';
import type { VerifyOptions } from '../options.js';
import type { Outcome } from '../../io/process.js';
import type { Pair, WorkingCopy } from '../subject.js';
import { told } from '../told.js';
import { isMissing, type Engine } from '../tools.js';
import { folderOf } from '../../workload/compose/project.js';
import { buildkitError } from './buildkit.js';
import { PATIENCE } from './patience.js';

const PARSED = "BuildKit's parser accepts it";
const CHECKED = 'docker build --check finds nothing new';

/**
 * Asks BuildKit's parser, which needs no engine, and the checks of `docker build --check` where the engine has them:
 * https://docs.docker.com/reference/build-checks/
 */
export async function* dockerfileChecks(copy: WorkingCopy, options: VerifyOptions): AsyncGenerator<Check> {
  const { engine } = options.tools;
  let obstacle: string | undefined;
  let asked = false;
  for (const pair of copy.pairs.filter(({ format }) => format === 'dockerfile')) {
    if (options.signal.aborted) return;
    yield await parserCheck(pair);
    if (!asked) {
      obstacle = isMissing(engine) ? engine.missing : await withoutChecks(engine, options);
      asked = true;
    }
    const check =
      obstacle !== undefined || isMissing(engine)
        ? skipped('static', pair.path, CHECKED, obstacle ?? '')
        : await buildCheck(engine, pair, copy, options);
    if (options.signal.aborted) return;
    yield check;
  }
}

async function parserCheck({ path, original, hardened }: Pair): Promise<Check> {
  const error = await buildkitError(hardened);
  if (error === undefined) return passed('static', path, PARSED);
  const before = await buildkitError(original);
  return before === undefined
    ? failed('static', path, PARSED, error)
    : skipped('static', path, PARSED, `it doesn't accept the original either: ${before}`);
}

/** Why an engine's command line has no `--check`; undefined when it has. */
async function withoutChecks(engine: Engine, { signal }: VerifyOptions): Promise<string | undefined> {
  if (engine.name !== 'docker') return `${engine.name} has no build checks`;
  const { stdout } = await engine.call(['build', '--help'], { timeout: PATIENCE, signal });
  return /^\s*--check\b/m.test(stdout)
    ? undefined
    : 'this docker has no build --check: it came with Buildx 0.15';
}

/** A build check's finding: https://github.com/moby/buildkit/blob/master/frontend/subrequests/lint/lint.go */
interface Warning {
  readonly ruleName: string;
  readonly detail?: string;
  readonly location?: { readonly ranges?: readonly { readonly start?: { readonly line?: number } }[] };
}

type Findings =
  | { readonly ok: true; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly said: string };

async function buildCheck(
  engine: Engine,
  pair: Pair,
  copy: WorkingCopy,
  options: VerifyOptions,
): Promise<Check> {
  const find = async (file: string): Promise<Findings> => {
    const args = ['build', '--call', 'check,format=json', '--file', file];
    const values = options.buildArgs.flatMap((value) => ['--build-arg', value]);
    return findings(
      await engine.call([...args, ...values, folderOf(pair.path)], {
        cwd: copy.folder,
        timeout: PATIENCE,
        signal: options.signal,
      }),
      copy,
    );
  };
  const [before, after] = [await find(pair.path), await find(pair.hardenedPath)];
  if (!before.ok) return skipped('static', pair.path, CHECKED, `it can't check the original: ${before.said}`);
  if (!after.ok) return failed('static', pair.path, CHECKED, after.said);
  const known = before.warnings.map(keyOf);
  const fresh = after.warnings.filter((warning) => {
    const at = known.indexOf(keyOf(warning));
    if (at !== -1) known.splice(at, 1);
    return at === -1;
  });
  if (fresh.length > 0)
    return failed('static', pair.path, CHECKED, told(fresh.map(inWords).join('\n'), copy));
  const gone = before.warnings.length - after.warnings.length;
  return passed('static', pair.path, CHECKED, gone > 0 ? `${gone} of its warnings less` : undefined);
}

/** The lines of a file shift: a finding is known by its rule and what it says. */
function keyOf({ ruleName, detail = '' }: Warning): string {
  return `${ruleName}\n${detail.replace(/\bline \d+/g, 'line')}`;
}

function inWords({ ruleName, detail, location }: Warning): string {
  const line = location?.ranges?.[0]?.start?.line;
  return `${line === undefined ? '' : `line ${line}: `}${ruleName}${detail === undefined ? '' : `: ${detail}`}`;
}

/** The findings that a check printed; it exits with 1 when there are any, and when it can't check. */
function findings({ stdout, stderr, code }: Outcome, copy: WorkingCopy): Findings {
  try {
    const { warnings, buildError } = JSON.parse(stdout) as {
      readonly warnings?: readonly Warning[] | null;
      readonly buildError?: { readonly message?: string };
    };
    if (buildError !== undefined) return { ok: false, said: told(buildError.message ?? stderr, copy) };
    return { ok: true, warnings: warnings ?? [] };
  } catch {
    return { ok: false, said: told(stderr, copy) || `exit code ${code}` };
  }
}
