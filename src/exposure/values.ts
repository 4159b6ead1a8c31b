const SPACE = ' \t\n\r';

/** A word and what follows it; at the end of the text none is left, and quotes may not close. */
export type Extracted =
  | { readonly kind: 'word'; readonly word: string; readonly rest: string }
  | { readonly kind: 'end' | 'invalid' };

/**
 * extract_first_word() of src/basic/extract-word.c: a backslash takes the next character as it is; quotes mean
 * something only to some settings.
 */
export function extractWord(text: string, quotes: 'quotes' | 'no quotes'): Extracted {
  let at = 0;
  while (at < text.length && SPACE.includes(text[at]!)) at += 1;
  if (at === text.length) return { kind: 'end' };
  let word = '';
  let quote = '';
  for (; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\\') {
      at += 1;
      if (at === text.length) return { kind: 'invalid' };
      word += text[at]!;
    } else if (char === quote) quote = '';
    else if (quote === '' && quotes === 'quotes' && /["']/.test(char)) quote = char;
    else if (quote === '' && SPACE.includes(char)) break;
    else word += char;
  }
  if (quote !== '') return { kind: 'invalid' };
  return { kind: 'word', word, rest: text.slice(at).replace(/^[ \t\n\r]+/, '') };
}

/** All words up to the end, or up to where the text can't be read: `complete` says which. */
export function extractWords(
  text: string,
  quotes: 'quotes' | 'no quotes',
): { readonly words: readonly string[]; readonly complete: boolean } {
  const words: string[] = [];
  let next = extractWord(text, quotes);
  for (; next.kind === 'word'; next = extractWord(next.rest, quotes)) words.push(next.word);
  return { words, complete: next.kind === 'end' };
}

/** safe_atoi() of src/basic/parse-util.c: C's literals and `0b`, `0o`. */
export function parseInteger(text: string): number | undefined {
  const [, sign, hex, octal, decimal] = /^([+-]?)(?:0x([\da-f]+)|0([0-7]*)|([1-9]\d*))$/i.exec(text) ?? [];
  const prefixed = /^0(?:b([01]+)|o([0-7]+))$/i.exec(text);
  if (prefixed !== null)
    return prefixed[1] === undefined ? parseInt(prefixed[2]!, 8) : parseInt(prefixed[1], 2);
  if (sign === undefined) return undefined;
  const value =
    hex !== undefined
      ? parseInt(hex, 16)
      : decimal !== undefined
        ? parseInt(decimal, 10)
        : parseInt(`0${octal ?? ''}`, 8);
  return value > 2147483647 ? undefined : sign === '-' ? -value : value;
}

/** An octal mode by parse_mode(). */
export function parseMode(text: string): number | undefined {
  if (!/^[0-7]+$/.test(text)) return undefined;
  const mode = parseInt(text, 8);
  return mode > 0o7777 ? undefined : mode;
}

/** The path without doubled slashes and `.`; undefined for one with `..` or of no valid length. */
export function simplifyPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const simple = `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
  const valid = simple !== '' && simple.length < 4096 && parts.every((part) => part.length <= 255);
  return valid && !parts.includes('..') ? simple : undefined;
}

/** The same of a path that has to be absolute. */
export function absolutePath(path: string): string | undefined {
  return path.startsWith('/') ? simplifyPath(path) : undefined;
}

/** valid_user_group_name() in its relaxed form, which User= and SupplementaryGroups= use. */
export function isUserName(name: string): boolean {
  if (/^(0|[1-9]\d*)$/.test(name)) return ![65535, 4294967295].includes(+name) && +name < 2 ** 32;
  return !/^$|^ | $|[\x00-\x1f\x7f:/]|^-?\d+$|^-$|^\.\.?$/.test(name);
}

/** What IPAddressAllow= and IPAddressDeny= are judged by. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly everything: boolean;
  readonly localhost: boolean;
}

const EVERYTHING: readonly AddressRange[] = [
  { family: 4, everything: true, localhost: false },
  { family: 6, everything: true, localhost: false },
];
const LOCALHOST: readonly AddressRange[] = [
  { family: 4, everything: false, localhost: true },
  { family: 6, everything: false, localhost: true },
];
const ELSEWHERE: readonly AddressRange[] = [
  { family: 4, everything: false, localhost: false },
  { family: 6, everything: false, localhost: false },
];

/** One word of IPAddressAllow=; empty for one that systemd can't read and ignores. */
export function addressRanges(word: string): readonly AddressRange[] {
  if (word === 'any') return EVERYTHING;
  if (word === 'link-local' || word === 'multicast') return ELSEWHERE;
  if (/(^|\.)localhost(\.localdomain)?\.?$/i.test(word)) return LOCALHOST;
  const slash = word.indexOf('/');
  const address = slash < 0 ? word : word.slice(0, slash);
  const bytes = parseIpv4(address) ?? parseIpv6(address);
  if (bytes === undefined) return [];
  const bits = bytes.length * 8;
  const length = slash < 0 ? bits : parseInteger(word.slice(slash + 1));
  if (length === undefined || length < 0 || length > bits) return [];
  // The address is masked before it is compared with 127.0.0.0/8 and ::1.
  const localhost =
    bits === 32
      ? ((bytes[0]! << 24) & (length === 0 ? 0 : -1 << (32 - length))) >>> 24 === 127
      : length === 128 && bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
  return [{ family: bits === 32 ? 4 : 6, everything: length === 0, localhost }];
}

function parseIpv4(text: string): readonly number[] | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): readonly number[] | undefined {
  const tail = /^(.*:)([^:]*\..*)$/.exec(text);
  const mapped = tail === null ? undefined : parseIpv4(tail[2]!);
  if (tail !== null && mapped === undefined) return undefined;
  const hex = (byte: number | undefined): string => (byte ?? 0).toString(16).padStart(2, '0');
  const groups =
    mapped === undefined
      ? text
      : `${tail![1]!}${hex(mapped[0])}${hex(mapped[1])}:${hex(mapped[2])}${hex(mapped[3])}`;
  const halves = groups.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = left!.length + (right?.length ?? 0);
  if (right === undefined ? given !== 8 : given > 7) return undefined;
  const all = [...left!, ...Array<string>(8 - given).fill('0'), ...(right ?? [])];
  if (!all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return all.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
}
