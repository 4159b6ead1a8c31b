/** The manager that loads the unit. */
export type Manager = 'system' | 'user';

/** A unit's name in the parts that specifiers stand for. A template is scored as its instance `i`. */
export interface UnitName {
  readonly id: string;
  readonly prefix: string;
  readonly instance: string;
  readonly manager: Manager;
}

/** systemd-analyze gives a template the instance `i` (verify_prepare_filename() in src/analyze). */
export function unitName(file: string, manager: Manager): UnitName {
  const id = file.replace(/@\.service$/, '@i.service');
  const stem = id.replace(/\.[a-z]+$/, '');
  const at = stem.indexOf('@');
  return {
    id,
    prefix: at < 0 ? stem : stem.slice(0, at),
    instance: at < 0 ? '' : stem.slice(at + 1),
    manager,
  };
}

function unescapeName(name: string): string {
  return name
    .replaceAll('-', '/')
    .replace(/\\x([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

const SYSTEM_VALUES: Readonly<Record<string, string>> = {
  u: 'root',
  U: '0',
  g: 'root',
  G: '0',
  h: '/root',
  t: '/run',
  S: '/var/lib',
  C: '/var/cache',
  L: '/var/log',
  E: '/etc',
};

/** A person's; which one is no matter for the score. */
const USER_VALUES: Readonly<Record<string, string>> = {
  u: 'user',
  U: '1000',
  g: 'user',
  G: '1000',
  h: '/home/user',
  t: '/run/user/1000',
  S: '/home/user/.config',
  C: '/home/user/.cache',
  L: '/home/user/.config/log',
  E: '/home/user/.config',
};

/** Only the host knows them: a stand-in that is a valid name and a valid part of a path. */
const OF_THE_HOST = new Set([...'aAbBHlqmMovwW']);

/**
 * Replaces the specifiers of a value; undefined for one that has an unknown specifier.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Specifiers
 */
export function expandSpecifiers(text: string, name: UnitName): string | undefined {
  const values = name.manager === 'system' ? SYSTEM_VALUES : USER_VALUES;
  const last = name.prefix.slice(name.prefix.lastIndexOf('-') + 1);
  const own: Readonly<Record<string, string>> = {
    '%': '%',
    n: name.id,
    N: name.id.replace(/\.[a-z]+$/, ''),
    p: name.prefix,
    P: unescapeName(name.prefix),
    i: name.instance,
    I: unescapeName(name.instance),
    j: last,
    J: unescapeName(last),
    f: `/${unescapeName(name.instance === '' ? name.prefix : name.instance).replace(/^\/+/, '')}`,
    y: `/unit/${name.id}`,
    Y: '/unit',
    c: `/system.slice/${name.id}`,
    r: '/system.slice',
    R: '/',
    s: '/bin/sh',
    T: '/tmp',
    V: '/var/tmp',
    d: `${values.t!}/credentials/${name.id}`,
  };
  let known = true;
  const expanded = text.replace(/%([A-Za-z\d%])/g, (_, letter: string) => {
    const value = own[letter] ?? values[letter] ?? (OF_THE_HOST.has(letter) ? 'host' : undefined);
    known &&= value !== undefined;
    return value ?? '';
  });
  return known ? expanded : undefined;
}
