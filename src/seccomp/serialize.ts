import type { SeccompProfile } from './profile.js';

/** As long as prettier lets a line of JSON be by default. */
const WIDTH = 80;

/** A profile as JSON text, as prettier would format it: one name a line, so that a diff shows the call that changed. */
export function serializeProfile(profile: SeccompProfile): string {
  return `${format(profile, '', 0)}\n`;
}

/** @param used - how much of the line stands before the value, or behind it. */
function format(value: unknown, indent: string, used: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const plain = value.every((item) => typeof item !== 'object');
    if (plain && indent.length + used + line.length <= WIDTH) return line;
    return `[\n${value.map((item) => `${inner}${format(item, inner, 1)}`).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => {
    const name = `${JSON.stringify(key)}: `;
    return `${inner}${name}${format(item, inner, name.length + 1)}`;
  });
  return `{\n${entries.join(',\n')}\n${indent}}`;
}
