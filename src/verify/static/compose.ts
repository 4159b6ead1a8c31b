import { failed, passed, skipped, type Check } from '../check.js';
import { composeConfig, WHOLE_PROJECT } from '../compose/config.js';
import { composeFiles } from '../compose/files.js';
import type { VerifyOptions } from '../options.js';
import type { Outcome } from '../../io/process.js';
import type { WorkingCopy } from '../subject.js';
import { told } from '../told.js';
import { isMissing, type Command } from '../tools.js';
import { exampleOf } from './env-example.js';
import { folderOf } from '../../workload/compose/project.js';

const NAME = 'docker compose accepts it';

/**
 * Asks Compose for the merged projects of the Compose files: the hardened one has to be as good as the original.
 * https://docs.docker.com/reference/cli/docker/compose/config/
 */
export async function* composeChecks(copy: WorkingCopy, options: VerifyOptions): AsyncGenerator<Check> {
  const { compose } = options.tools;
  const asked = new Set<string>();
  for (const pair of copy.pairs.filter(({ format }) => format === 'compose')) {
    const { original, hardened } = composeFiles(pair, copy);
    // A base and its override are one project.
    const project = hardened.join('\n');
    if (asked.has(project) || options.signal.aborted) continue;
    asked.add(project);
    if (isMissing(compose)) {
      yield skipped('static', pair.path, NAME, compose.missing);
      continue;
    }
    const folder = folderOf(pair.path);
    const after = await config(compose, hardened, folder, copy, options);
    const before = after.code === 0 ? undefined : await config(compose, original, folder, copy, options);
    if (options.signal.aborted) return;
    yield judge(pair.path, hardened, before, after, copy);
  }
}

function config(
  compose: Command,
  files: readonly string[],
  folder: string,
  copy: WorkingCopy,
  options: VerifyOptions,
): Promise<Outcome> {
  const request = { files, folder, before: WHOLE_PROJECT, options: ['--quiet'] };
  return composeConfig(compose, request, copy, options);
}

/** @param before undefined when the hardened project is accepted. */
function judge(
  subject: string,
  files: readonly string[],
  before: Outcome | undefined,
  after: Outcome,
  copy: WorkingCopy,
): Check {
  if (before === undefined) {
    return passed('static', subject, NAME, files.length > 1 ? `merged from ${files.join(', ')}` : undefined);
  }
  if (before.code === 0) return failed('static', subject, NAME, complaint(after, copy));
  const said = complaint(before, copy);
  return skipped('static', subject, NAME, `the original isn't accepted either: ${said}${remedy(said, copy)}`);
}

/** What Compose says last, behind its warnings of variables without a value. */
function complaint({ stdout, stderr }: Outcome, copy: WorkingCopy): string {
  const lines = told(stderr === '' ? stdout : stderr, copy).split('\n');
  const errors = lines.filter((line) => !/level=warning/.test(line));
  return (errors.length > 0 ? errors : lines).join('\n');
}

/** How the user gives what the original lacks. */
function remedy(said: string, copy: WorkingCopy): string {
  if (/error while interpolating|is missing a value/.test(said))
    return '; set the variable in the environment, or in a file given with --compose-env';
  if (/neither an image nor a build context|undefined service/.test(said))
    return '; it seems to add to a file that is not beside it';
  const missing = /env file (.+) not found/.exec(said)?.[1];
  if (missing === undefined) return '';
  const example = exampleOf(copy.folder, missing);
  return `; it has to stand in the tree${example === undefined ? '' : `: ${example} is an example of it`}`;
}
