import { plural } from '../render/text.js';

/** `1 finding`, `3 findings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${plural(count, noun)}`;
}
