import type { Command } from '../command.js';
import type { InitArguments } from '../init.js';

export const initCommand: Command = {
  name: 'init',
  describe: 'write a config with comments, and what runs harden in CI and before commits',
  positionals: [],
  options: {
    ci: {
      choices: ['github', 'gitlab', 'none'] as const,
      describe: 'the CI to write a file for; by default it asks for the one that it finds',
    },
    'pre-commit': {
      type: 'boolean',
      describe: 'add the hook to .pre-commit-config.yaml, or make one; --no-pre-commit for neither',
    },
    sign: {
      choices: ['github', 'gitlab', 'none'] as const,
      describe: 'the CI to write a pipeline for that builds, scans and signs the images; --yes leaves it out',
    },
    yes: {
      type: 'boolean',
      default: false,
      describe: 'ask nothing: yes to all that fits the project',
    },
  },
  examples: [
    ['$0 init', 'look at the project, and ask'],
    ['$0 init --yes', 'write all that fits the project'],
    ['$0 init --ci github --no-pre-commit', 'a config and a workflow, nothing else'],
    ['$0 init --sign github', 'a pipeline that signs the images, and a check of them for Compose hosts'],
  ],
  exitCodes: '0 all is there, 2 a file could not be written or the usage is wrong',
  run: async (args) => {
    const { runInit } = await import('../init.js');
    return runInit(args as unknown as InitArguments);
  },
};
