import type { Command } from '../command.js';
import type { DoctorArguments } from '../doctor.js';
import { CONFIG } from '../options.js';

export const doctorCommand: Command = {
  name: 'doctor',
  describe: 'say which engines, tools, tokens and project files are there, and what to do about broken ones',
  positionals: [],
  options: {
    network: {
      type: 'boolean',
      default: false,
      describe: 'ask a registry too',
    },
    output: {
      choices: ['text', 'json'] as const,
      default: 'text' as const,
      describe: 'what to print',
    },
    config: CONFIG,
  },
  examples: [
    ['$0 doctor', 'see what harden can work with here'],
    ['$0 doctor --network', 'try whether image digests can be asked for'],
    ['$0 doctor --output json', 'the same for programs'],
  ],
  exitCodes: '0 nothing is broken, 1 something is, 2 the usage is wrong',
  run: async (args) => {
    const { runDoctor } = await import('../doctor.js');
    return runDoctor(args as unknown as DoctorArguments);
  },
};
