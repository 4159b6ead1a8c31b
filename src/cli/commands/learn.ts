import type { Command } from '../command.js';
import type { LearnArguments } from '../learn.js';
import { CONFIG, repeatedOption } from '../options.js';

export const learnCommand: Command = {
  name: 'learn',
  describe: 'record what a workload really does, and keep it in harden.needs.yml for the runs that follow',
  positionals: [
    {
      name: 'recordings',
      describe: "output of strace -f, an audit log, or an OCI hook's seccomp profile",
      many: { default: [] },
    },
  ],
  takesCommand: true,
  options: {
    for: {
      type: 'string',
      requiresArg: true,
      describe: 'the workload that was recorded: a unit file, or FILE#SERVICE for Compose',
    },
    compose: {
      type: 'string',
      requiresArg: true,
      describe: 'start this service under strace, apart from all others: SERVICE or FILE#SERVICE',
    },
    unit: {
      type: 'string',
      requiresArg: true,
      describe: 'start this unit file under strace',
    },
    process: {
      type: 'string',
      requiresArg: true,
      describe: 'of an audit log: the program that is meant, by its path or name',
    },
    smoke: {
      type: 'string',
      requiresArg: true,
      describe: 'what exercises it, for sh -c; it finds ports as HARDEN_PORT_<SERVICE>_<PORT>',
    },
    settle: {
      type: 'number',
      requiresArg: true,
      default: 5,
      describe: 'seconds that it is recorded without a smoke command',
    },
    timeout: {
      type: 'number',
      requiresArg: true,
      default: 300,
      describe: 'seconds that a project may take to be up',
    },
    full: {
      type: 'boolean',
      default: false,
      describe: 'stop at every call: slower, and setuid programs work as they do otherwise',
    },
    'allow-host': {
      type: 'boolean',
      default: false,
      describe: "start what uses this machine's engine, network, processes or folders too",
    },
    'compose-env': repeatedOption('files of variables for Compose'),
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'print the file instead of writing it',
    },
    config: CONFIG,
  },
  conflicts: { for: ['compose', 'unit'], compose: ['unit'] },
  check: ({ recordings, command, compose, unit }) => {
    const ways = [recordings, command].filter((list) => (list as readonly string[]).length > 0).length;
    const live = compose !== undefined || unit !== undefined ? 1 : 0;
    if (ways + live > 1) return 'recordings, --compose, --unit and a command are four ways: take one';
    return ways + live === 0
      ? 'what was recorded? name a recording, --compose, --unit, or -- and a command'
      : undefined;
  },
  examples: [
    ['$0 learn --compose web --smoke ./test.sh', 'start the service web under strace, and your test'],
    ['$0 learn --unit deploy/app.service --allow-host', 'the same for a unit of this machine'],
    ['$0 learn --for app.service -- ./server --port 8080', 'record a command until it ends'],
    ['$0 learn --for compose.yml#web trace.txt', 'read what strace -f -yy wrote'],
  ],
  exitCodes: '0 kept, 2 nothing could be recorded or the usage is wrong',
  run: async (args) => {
    const { runLearn } = await import('../learn.js');
    return runLearn({ composeEnv: [], ...args } as unknown as LearnArguments);
  },
};
