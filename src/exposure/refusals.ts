import { parseBoolean } from '../formats/systemd/document.js';
import { expandSpecifiers, type UnitName } from './specifiers.js';
import { absolutePath, extractWords, isUserName } from './values.js';

type Refusal = (value: string, name: UnitName) => boolean;

const isNoUser: Refusal = (value, name) => value !== '' && !isUserName(expandSpecifiers(value, name) ?? '');

const areNoGroups: Refusal = (value, name) => {
  const { words, complete } = extractWords(value, 'no quotes');
  return !complete || words.some((word) => isNoUser(word, name));
};

const isNoRoot: Refusal = (value, name) => {
  const path = expandSpecifiers(value, name);
  return path === undefined || (path !== '' && absolutePath(path) === undefined);
};

/**
 * Directives of [Service] with a value that systemd can't read and doesn't ignore either (-ENOEXEC in
 * src/core/load-fragment.c): it refuses a unit with such a value, and reads a drop-in only up to it.
 */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ['DynamicUser', (value) => parseBoolean(value) === undefined],
  ['User', isNoUser],
  ['Group', isNoUser],
  ['SupplementaryGroups', areNoGroups],
  ['RootDirectory', isNoRoot],
  ['RootImage', isNoRoot],
]);

export function isRefused(section: string, key: string, value: string, name: UnitName): boolean {
  return section === 'Service' && REFUSALS.get(key)?.(value, name) === true;
}
