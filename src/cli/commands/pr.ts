import { FORGE_KINDS } from '../../forge/types.js';
import type { Command } from '../command.js';
import { CONFIG, formatOption, listOption, ONLY, PATHS, SKIP, SYSTEMD_VERSION } from '../options.js';
import { prefixProblem } from '../../pr/branches.js';
import type { PrArguments } from '../pr.js';

export const prCommand: Command = {
  name: 'pr',
  describe: 'open pull requests with the changes, or bring them up to date',
  positionals: [PATHS],
  options: {
    'dry-run': {
      type: 'boolean',
      describe: 'show the branches, commits and pull requests, and make none of them',
    },
    phase: {
      choices: [1, 2, 3] as const,
      describe: 'how far to go, with a branch for each phase; 1 by default',
    },
    'per-transform': {
      type: 'boolean',
      describe: 'a branch and a pull request for each transform, in place of one for each phase',
    },
    into: {
      type: 'string',
      requiresArg: true,
      describe: "the branch to merge into; by default the remote's own",
    },
    remote: {
      type: 'string',
      requiresArg: true,
      describe: 'the remote to push to, such as a fork; origin by default',
    },
    upstream: {
      type: 'string',
      requiresArg: true,
      describe: 'the remote to open pull requests at; upstream by default where there is one, else --remote',
    },
    'branch-prefix': {
      type: 'string',
      requiresArg: true,
      default: 'harden/',
      describe: "what the branches' names begin with",
    },
    'title-prefix': {
      type: 'string',
      requiresArg: true,
      describe: "what titles and commits' subjects begin with, as 'chore(security): '",
    },
    label: listOption('labels for the pull requests'),
    reviewer: listOption('people to ask for a review, or teams as organisation/team'),
    draft: { type: 'boolean', describe: 'open them as drafts' },
    'sign-off': { type: 'boolean', alias: 's', describe: 'add Signed-off-by to the commits' },
    verification: {
      type: 'string',
      requiresArg: true,
      describe:
        "what 'harden verify --output json' printed, for the body; nothing is opened when a check failed",
    },
    push: {
      type: 'boolean',
      default: true,
      describe: 'push the branches; --no-push makes them here, on top of HEAD, and opens no pull request',
    },
    'pull-request': {
      type: 'boolean',
      default: true,
      describe: 'open pull requests for the branches; --no-pull-request only pushes them',
    },
    again: {
      type: 'boolean',
      describe: 'open a new pull request although the last one was closed without a merge',
    },
    'allow-dirty': {
      type: 'boolean',
      describe: 'leave out what is not committed, in place of a refusal',
    },
    forge: {
      choices: FORGE_KINDS,
      describe: 'which forge the remote is on, where its host does not tell; gitea for Forgejo too',
    },
    'api-url': {
      type: 'string',
      requiresArg: true,
      describe: "the root of the forge's API, where it is not at the usual place",
    },
    only: ONLY,
    skip: SKIP,
    format: formatOption('read'),
    'pin-digests': {
      type: 'boolean',
      describe: 'pin images to the digest of their tag, from harden.lock or the registry',
    },
    base: {
      choices: ['slim', 'distroless', 'chainguard', 'dhi'] as const,
      describe: 'with --phase 3: what a Dockerfile that gets a runtime stage runs on; slim by default',
    },
    'systemd-version': SYSTEMD_VERSION,
    config: CONFIG,
  },
  check: ({ branchPrefix }) => prefixProblem(String(branchPrefix)),
  examples: [
    ['$0 pr --dry-run', 'see the commits and the pull request'],
    ['$0 pr', 'open a pull request with the immediate changes, or bring it up to date'],
    ['$0 pr --phase 2 --draft --reviewer ann', 'another one with what needs testing, on top of it'],
    ['$0 pr --no-push', 'make the branch here, to look at it'],
    ['$0 verify --phase 1 --output json > v.json; $0 pr --verification v.json', 'say what was verified'],
  ],
  exitCodes:
    '0 all is up to date, 1 a branch or pull request is left to you, 2 something failed or the usage is wrong; then the same command goes on where it ended',
  run: async (args) => {
    const { runPr } = await import('../pr.js');
    return runPr({ label: [], reviewer: [], ...args } as unknown as PrArguments);
  },
};
