import { list } from '../catalogue.js';
import type { Command } from '../command.js';
import { loadRegistry, type ConfigArgument } from '../config.js';
import { CONFIG } from '../options.js';
import { EXIT_ERROR, wantsColor } from '../output.js';

export const listCommand: Command = {
  name: 'list',
  describe: 'list the transforms',
  positionals: [],
  options: { config: CONFIG },
  examples: [['$0 list', 'each with its phase, severity and title']],
  run: async ({ color, config }) => {
    const { registry, sound } = await loadRegistry(config as ConfigArgument);
    const code = list(registry, wantsColor(color as boolean | undefined));
    return sound ? code : EXIT_ERROR;
  },
};
