import { list } from '../catalogue.js';
import type { Command } from '../command.js';
import { wantsColor } from '../output.js';

export const listCommand: Command = {
  name: 'list',
  describe: 'list the transforms',
  positionals: [],
  options: {},
  examples: [['$0 list', 'each with its phase, severity and title']],
  run: ({ color }) => list(wantsColor(color as boolean | undefined)),
};
