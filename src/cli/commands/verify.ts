import type { Command } from '../command.js';
import {
  CONFIG,
  formatOption,
  listOption,
  ONLY,
  PATHS,
  PHASE,
  repeatedOption,
  SKIP,
  SYSTEMD_VERSION,
} from '../options.js';
import type { VerifyArguments } from '../verify.js';

export const verifyCommand: Command = {
  name: 'verify',
  describe: 'build and start what harden wrote, beside the original, and say what works no more',
  positionals: [PATHS],
  options: {
    original: {
      type: 'string',
      requiresArg: true,
      describe: 'for files that were changed in place: the commit that has the originals',
    },
    phase: PHASE,
    only: ONLY,
    skip: SKIP,
    format: formatOption('verify'),
    stage: listOption('checks to make: static, build, run'),
    smoke: {
      type: 'string',
      requiresArg: true,
      describe: 'your own check, for sh -c; it finds ports as HARDEN_PORT_<SERVICE>_<PORT>',
    },
    fix: {
      type: 'boolean',
      describe: 'make the changes that mend what fails, and verify again',
    },
    explain: {
      type: 'boolean',
      default: true,
      describe: 'look for the cause of what fails; --no-explain is faster',
    },
    'allow-host': {
      type: 'boolean',
      default: false,
      describe: "start services that use this machine's engine, network or processes too",
    },
    timeout: {
      type: 'number',
      requiresArg: true,
      default: 120,
      describe: 'seconds that a project may take to be up',
    },
    settle: {
      type: 'number',
      requiresArg: true,
      default: 3,
      describe: 'seconds that a service must stay up',
    },
    'build-arg': repeatedOption('build arguments, as NAME=value or NAME'),
    secret: repeatedOption('build secrets, as docker build takes them'),
    'build-network': {
      type: 'string',
      requiresArg: true,
      describe: 'network of builds, as docker build --network takes it',
    },
    // Not --env-file: node takes that for its own, wherever it stands.
    'compose-env': repeatedOption('files of variables for Compose'),
    strict: {
      type: 'boolean',
      default: false,
      describe: 'exit 1 when a check could not be made',
    },
    output: {
      choices: ['text', 'json'] as const,
      default: 'text' as const,
      describe: 'what to print; json is a line for each result',
    },
    'systemd-version': SYSTEMD_VERSION,
    config: CONFIG,
  },
  examples: [
    ['$0 verify', 'verify what stands in .hardened files, or what --write would write'],
    ['$0 verify --original HEAD', 'verify what --in-place changed'],
    ["$0 verify --smoke 'curl -fs localhost:$HARDEN_PORT_WEB_80/login'", 'with a check of your own'],
    ['$0 verify --fix', 'mend what fails, and keep it for the next run'],
  ],
  exitCodes: '0 all holds, 1 a check failed, 2 a file could not be handled or the usage is wrong',
  run: async (args) => {
    const { runVerify } = await import('../verify.js');
    return runVerify({ buildArg: [], secret: [], composeEnv: [], ...args } as unknown as VerifyArguments);
  },
};
