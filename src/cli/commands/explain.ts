import { explain, explainImage } from '../catalogue.js';
import type { Command } from '../command.js';
import { loadRegistry, type ConfigArgument } from '../config.js';
import { CONFIG } from '../options.js';
import { EXIT_ERROR, wantsColor } from '../output.js';

export const explainCommand: Command = {
  name: 'explain',
  describe: 'say what a transform changes, why, and what it may break; or what is known of an image',
  positionals: [
    {
      name: 'id',
      required: true,
      describe: 'for example compose/drop-capabilities; or the word image',
    },
    { name: 'image', describe: 'an image reference, for example postgres:16' },
  ],
  options: { config: CONFIG },
  check: ({ id, image }) =>
    id !== 'image' && image !== undefined
      ? `explain takes one id; ${String(image)} is one word too many`
      : undefined,
  examples: [
    ['$0 explain compose/read-only-rootfs', 'read the policy of one transform'],
    ['$0 explain image postgres:16', 'read what the image needs, and where that is written'],
  ],
  run: async ({ id, image, color, config }) => {
    const wanted = wantsColor(color as boolean | undefined);
    if (id === 'image') return explainImage(image as string | undefined, wanted);
    const { registry, sound } = await loadRegistry(config as ConfigArgument);
    const code = explain(id as string, registry, wanted);
    return sound ? code : EXIT_ERROR;
  },
};
