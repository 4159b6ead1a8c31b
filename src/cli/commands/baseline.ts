import type { BaselineArguments } from '../baseline.js';
import type { Command } from '../command.js';
import { CONFIG, PATHS, PHASE, SYSTEMD_VERSION } from '../options.js';

export const baselineCommand: Command = {
  name: 'baseline',
  describe: 'keep what is found today, so that --check fails on what is new only',
  positionals: [PATHS],
  options: {
    baseline: {
      type: 'string',
      requiresArg: true,
      describe: 'the file to write, in place of the harden.baseline.json that is found',
    },
    phase: PHASE,
    'systemd-version': SYSTEMD_VERSION,
    config: CONFIG,
  },
  examples: [
    ['$0 baseline', 'write harden.baseline.json; commit it'],
    ['$0 --check', 'fails from then on when a finding is not in it'],
  ],
  exitCodes: '0 written, 2 a file could not be handled or the usage is wrong',
  run: async (args) => {
    const { runBaseline } = await import('../baseline.js');
    return runBaseline(args as unknown as BaselineArguments);
  },
};
