import type { Command } from '../command.js';
import { CONFIG, PHASE, SYSTEMD_VERSION } from '../options.js';
import type { UnitArguments } from '../unit.js';

export const unitCommand: Command = {
  name: 'unit',
  describe: 'harden a systemd service that is installed, by a drop-in',
  positionals: [{ name: 'name', required: true, describe: 'for example nginx.service' }],
  options: {
    root: { type: 'string', default: '/', describe: 'root of the system, or of an image' },
    write: {
      type: 'boolean',
      describe: 'write the drop-in below etc/systemd/system; it is not activated',
    },
    phase: PHASE,
    'systemd-version': SYSTEMD_VERSION,
    force: {
      type: 'boolean',
      default: false,
      describe: 'with --write: replace a drop-in that was edited',
    },
    config: CONFIG,
  },
  examples: [
    ['$0 unit nginx', 'see what the drop-in would be, and why'],
    ['sudo $0 unit nginx --write', 'write it, and get the commands to activate and undo it'],
    ['$0 unit app --root ./rootfs', 'a unit of an image that is being built'],
  ],
  run: async (args) => {
    const { runUnit } = await import('../unit.js');
    return runUnit(args as unknown as UnitArguments);
  },
};
