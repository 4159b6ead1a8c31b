import { OUTPUT_NAMES } from '../../render/output.js';
import type { Arguments, Command } from '../command.js';
import {
  BASELINE,
  CONFIG,
  formatOption,
  ONLY,
  PATHS,
  repeatedOption,
  SKIP,
  SYSTEMD_VERSION,
} from '../options.js';
import { runHarden } from '../run.js';
import type { HardenArguments } from '../settings.js';

/** `harden [paths..]`, the command without a name. */
export const hardenCommand: Command = {
  name: undefined,
  describe: 'preview (the default) or write the hardened files',
  positionals: [PATHS],
  options: {
    'dry-run': {
      type: 'boolean',
      group: 'Mode:',
      describe: 'show the diffs and the reasons (default)',
    },
    write: {
      type: 'boolean',
      group: 'Mode:',
      describe: 'write .hardened files beside the originals',
    },
    overlay: {
      type: 'boolean',
      group: 'Mode:',
      implies: 'write',
      describe: 'with --write: for Compose, a file to add with -f that holds only the changes',
    },
    'drop-in': {
      type: 'boolean',
      group: 'Mode:',
      implies: 'write',
      describe: 'with --write: for a unit, <unit>.d/50-hardening.conf that holds only the changes',
    },
    'in-place': { type: 'boolean', group: 'Mode:', describe: 'change the files themselves' },
    check: {
      type: 'boolean',
      group: 'Mode:',
      describe:
        'change nothing; exit 1 when something would change (in phases 1 and 2, or up to --phase), or is new to the baseline',
    },
    interactive: {
      type: 'boolean',
      alias: 'i',
      group: 'Mode:',
      describe: 'ask about each change, as git add -p does: in place, or beside the originals with --write',
    },
    phase: {
      choices: [1, 2, 3] as const,
      describe: '1 immediate, 2 needs testing, 3 advanced; 2 by default, 1 with --in-place alone',
    },
    only: ONLY,
    skip: SKIP,
    format: formatOption('read'),
    output: {
      choices: OUTPUT_NAMES,
      default: 'text' as const,
      describe: 'what to print',
    },
    'output-file': repeatedOption(
      'also write an output to a file, as <output>=<file>; may be given several times',
    ),
    force: {
      type: 'boolean',
      default: false,
      describe: 'with --write: replace a .hardened file that was edited',
    },
    'pin-digests': {
      type: 'boolean',
      describe: 'pin images to the digest of their tag, from harden.lock or the registry',
    },
    'refresh-digests': {
      type: 'boolean',
      implies: 'pin-digests',
      describe: 'ask the registries again, whatever harden.lock says',
    },
    base: {
      choices: ['slim', 'distroless', 'chainguard', 'dhi'] as const,
      describe: 'with --phase 3: what a Dockerfile that gets a runtime stage runs on; slim by default',
    },
    'systemd-version': SYSTEMD_VERSION,
    config: CONFIG,
    baseline: BASELINE,
    since: {
      type: 'string',
      requiresArg: true,
      describe:
        'look only at files that have changed since a commit, or that depend on what has, and at them as a whole: harden baseline leaves out what is old',
    },
    changed: {
      type: 'boolean',
      describe:
        'the paths are what has changed: look at those, and at what depends on them, below this folder',
    },
    jobs: {
      type: 'number',
      requiresArg: true,
      describe: 'threads at most; by default as many as the number of files is worth',
    },
  },
  conflicts: {
    write: ['in-place', 'check', 'dry-run'],
    'in-place': ['check', 'dry-run'],
    check: ['dry-run'],
    interactive: ['check', 'dry-run', 'jobs', 'output-file'],
    since: ['changed'],
  },
  check: ({ interactive, jobs, output }: Arguments) => {
    if (interactive === true && output !== 'text')
      return `--interactive asks on the terminal: --output ${String(output)} does not go with it`;
    return jobs === undefined || (Number.isInteger(jobs) && Number(jobs) > 0)
      ? undefined
      : '--jobs takes a number from 1 on';
  },
  examples: [
    ['$0', 'preview all changes below the current folder'],
    ['$0 --write deploy', 'write .hardened files beside those in deploy/'],
    ['$0 --in-place --phase 1', 'apply the immediate changes'],
    ['$0 --interactive', 'look at each change, and take it or leave it'],
    ['$0 --check --format compose', 'fail in CI when a Compose file could be harder'],
    ['$0 --check --since origin/main', 'the same, for what a pull request changes'],
    ['$0 --output patch | git apply', 'take the changes as a patch'],
    ['$0 --output-file sarif=x.sarif', 'keep the findings for code scanning too'],
  ],
  exitCodes: '0 done, 1 --check fails, 2 a file could not be handled or the usage is wrong',
  run: (args) => runHarden(args as unknown as HardenArguments),
};
