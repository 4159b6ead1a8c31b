import type { TextOption } from '../src/core/options.js';

/** An option of the transforms that mount a tmpfs where a read-only root file system is written. */
export const TMPFS_SIZE: TextOption = {
  name: 'tmpfs-size',
  description: 'the size of a tmpfs for a place of which nothing says how much it must hold',
  default: '64m',
  // https://docs.kernel.org/filesystems/tmpfs.html: bytes, or with a suffix.
  pattern: '[1-9][0-9]*[kmg]?',
};
