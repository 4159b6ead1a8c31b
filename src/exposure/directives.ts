import { parseBoolean } from '../formats/systemd/document.js';
import { expandSystemCalls } from '../formats/systemd/system-calls.js';
import {
  addressFamily,
  ALL_CAPABILITIES,
  ARCHITECTURES,
  capabilityBit,
  isErrorOrAction,
  NAMESPACES,
} from './names.js';
import type { Filter, ServiceSettings } from './settings.js';
import { expandSpecifiers, type UnitName } from './specifiers.js';
import { absolutePath, addressRanges, extractWord, extractWords, parseMode, simplifyPath } from './values.js';

/** What one assignment does to the settings. A value that can't be read leaves them as they are. */
export type Assign = (settings: ServiceSettings, value: string, name: UnitName) => void;

/** Booleans: the empty assignment isn't one, and resets nothing. */
const FLAGS: readonly string[] = `
  DynamicUser LockPersonality MemoryDenyWriteExecute NoNewPrivileges PrivateDevices PrivateMounts PrivateNetwork
  PrivateTmp PrivateUsers ProtectClock ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules
  ProtectKernelTunables RemoveIPC RestrictRealtime RestrictSUIDSGID`
  .trim()
  .split(/\s+/);

function flag(key: string): Assign {
  return (settings, value) => {
    const parsed = parseBoolean(value);
    if (parsed !== undefined) settings.flags.set(key, parsed);
  };
}

/** Settings with named values, without those that are spelled as booleans. */
const CHOICES: readonly (readonly [key: string, values: readonly string[]])[] = [
  ['DevicePolicy', ['auto', 'closed', 'strict']],
  ['KeyringMode', ['inherit', 'private', 'shared']],
  ['NotifyAccess', ['none', 'main', 'exec', 'all']],
  ['ProcSubset', ['all', 'pid']],
  ['ProtectProc', ['default', 'noaccess', 'invisible', 'ptraceable']],
];

function choice(key: string, values: readonly string[]): Assign {
  return (settings, value) => {
    if (values.includes(value)) settings.choices.set(key, value);
  };
}

function booleanOr(key: string, values: readonly string[]): Assign {
  return (settings, value) => {
    const parsed = parseBoolean(value);
    if (parsed !== undefined) settings.choices.set(key, parsed ? 'yes' : 'no');
    else if (values.includes(value)) settings.choices.set(key, value);
  };
}

const user: Assign = (settings, value, name) => {
  settings.user = value === '' ? undefined : expandSpecifiers(value, name);
};

const supplementaryGroups: Assign = ({ supplementaryGroups: groups }, value) => {
  if (value === '') groups.length = 0;
  groups.push(...extractWords(value, 'no quotes').words);
};

const umask: Assign = (settings, value) => {
  settings.umask = parseMode(value) ?? settings.umask;
};

/** config_parse_capability_set(): `~` alone, nothing, or the first assignment replace; any other one merges. */
function capabilitySet(key: 'boundingSet' | 'ambientSet', initial: bigint): Assign {
  return (settings, value) => {
    const inverted = value.startsWith('~');
    let sum = 0n;
    for (const word of extractWords(inverted ? value.slice(1) : value, 'quotes').words) {
      sum |= capabilityBit(word) ?? 0n;
    }
    const before = settings[key];
    const others = ALL_CAPABILITIES & ~sum;
    if (sum === 0n || before === initial) settings[key] = inverted ? others : sum;
    else settings[key] = inverted ? before & others : before | sum;
  };
}

const restrictNamespaces: Assign = (settings, value) => {
  if (value === '') {
    settings.namespaces = undefined;
    return;
  }
  const restrict = parseBoolean(value);
  if (restrict !== undefined) {
    settings.namespaces = new Set(restrict ? [] : NAMESPACES);
    return;
  }
  const inverted = value.startsWith('~');
  const { words, complete } = extractWords(inverted ? value.slice(1) : value, 'no quotes');
  if (!complete || !words.every((word) => NAMESPACES.includes(word))) return;
  const allowed = new Set(settings.namespaces ?? (inverted ? NAMESPACES : []));
  for (const word of words) {
    if (inverted) allowed.delete(word);
    else allowed.add(word);
  }
  settings.namespaces = allowed;
};

/** The first assignment decides what the list is of; a later one of the other kind takes members out. */
function openFilter(filter: Filter, inverted: boolean, always: readonly string[]): Set<string> {
  if (filter.members !== undefined) return filter.members;
  filter.allows = !inverted;
  filter.members = new Set(inverted ? [] : always);
  return filter.members;
}

function resetFilter(filter: Filter, allows: boolean): void {
  filter.allows = allows;
  filter.members = undefined;
}

const restrictAddressFamilies: Assign = ({ addressFamilies: filter }, value) => {
  if (value === '' || value === 'none') {
    resetFilter(filter, value === 'none');
    return;
  }
  const inverted = value.startsWith('~');
  const members = openFilter(filter, inverted, []);
  for (const word of extractWords(inverted ? value.slice(1) : value, 'quotes').words) {
    const family = addressFamily(word);
    if (family === undefined) continue;
    if (filter.allows !== inverted) members.add(family);
    else members.delete(family);
  }
};

const DEFAULT_CALLS = [...expandSystemCalls(['@default'])];

const systemCallFilter: Assign = ({ systemCalls: filter }, value) => {
  if (value === '') {
    resetFilter(filter, false);
    return;
  }
  const inverted = value.startsWith('~');
  const members = openFilter(filter, inverted, DEFAULT_CALLS);
  for (const word of extractWords(inverted ? value.slice(1) : value, 'no quotes').words) {
    const [, name, error] = /^([^:]*)(?::(.*))?$/s.exec(word)!;
    if (error !== undefined && (!inverted || !isErrorOrAction(error))) continue;
    for (const call of expandSystemCalls([name!])) {
      if (filter.allows !== inverted) members.add(call);
      else members.delete(call);
    }
  }
};

const systemCallArchitectures: Assign = ({ architectures }, value) => {
  if (value === '') architectures.clear();
  for (const word of extractWords(value, 'quotes').words) {
    if (ARCHITECTURES.has(word)) architectures.add(word);
  }
};

function root(key: string): Assign {
  return ({ roots }, value, name) => {
    const path = absolutePath(expandSpecifiers(value, name) ?? '');
    if (path === undefined) roots.delete(key);
    else roots.set(key, path);
  };
}

const mountImages: Assign = ({ mountImages: images }, value, name) => {
  if (value === '') images.length = 0;
  for (const word of extractWords(value, 'quotes').words) {
    const [source, destination] = word.split(':').map((part) => expandSpecifiers(part, name) ?? '');
    const valid = [source!.replace(/^-/, ''), destination ?? ''].every((path) => absolutePath(path));
    if (valid) images.push(word);
  }
};

const deviceAllow: Assign = ({ deviceAllow: devices }, value, name) => {
  if (value === '') devices.length = 0;
  const first = extractWord(value, 'quotes');
  if (first.kind !== 'word' || !/^[rwm]*$/.test(first.rest)) return;
  const expanded = expandSpecifiers(first.word, name);
  if (expanded === undefined) return;
  const path = /^(block|char)-/.test(expanded) ? expanded : simplifyPath(expanded);
  if (path !== undefined && /^(block-|char-|\/dev(\/|$)|\/run\/systemd\/inaccessible(\/|$))/.test(path)) {
    devices.push(path);
  }
};

/** Delegate= takes a boolean or a list of controllers, and the empty assignment turns it on. */
const delegate: Assign = ({ flags }, value) => {
  const parsed = parseBoolean(value);
  if (parsed !== undefined) flags.set('Delegate', parsed);
  else if (extractWords(value, 'quotes').complete) flags.set('Delegate', true);
};

function addresses(key: 'allow' | 'deny'): Assign {
  return (settings, value) => {
    const before = value === '' ? [] : settings.addresses[key];
    const added = extractWords(value, 'no quotes').words.flatMap(addressRanges);
    settings.addresses[key] = [...before, ...added];
  };
}

function packetFilter(key: string): Assign {
  return ({ packetFilters }, value, name) => {
    const path = absolutePath(expandSpecifiers(value, name) ?? '');
    if (value === '') packetFilters.delete(key);
    else if (path !== undefined) packetFilters.set(key, [...(packetFilters.get(key) ?? []), path]);
  };
}

const CREDENTIAL_NAME = /^(?!\.\.?$)[\x20-\x7e]{1,255}$/;
const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** LoadCredential= and SetCredential=: an encrypted credential lets the service use the TPM. */
function credential(key: 'LoadCredential' | 'SetCredential', encrypted: boolean): Assign {
  return ({ credentials }, value, name) => {
    const byName = credentials.get(key) ?? new Map<string, boolean>();
    credentials.set(key, byName);
    if (value === '') byName.clear();
    const [, before, behind] = /^([^:]*)(?::(.*))?$/s.exec(value)!;
    const id = expandSpecifiers(before!, name) ?? '';
    if (!CREDENTIAL_NAME.test(id) || id.includes('/')) return;
    const data = key === 'SetCredential' ? (behind ?? '') : 'none';
    if (data === '' || (data !== 'none' && encrypted && !BASE64.test(data.replace(/\s/g, '')))) return;
    const source = key === 'LoadCredential' ? (behind ?? '') : '';
    if (source.startsWith('/') && simplifyPath(source) === undefined) return;
    byName.set(id, encrypted);
  };
}

/**
 * The directives that the score depends on, by section and key, each as its parser in src/core/load-fragment.c merges
 * and resets.
 */
export const directives: ReadonlyMap<string, Assign> = new Map<string, Assign>(
  Object.entries({
    'Unit.DefaultDependencies': (settings, value) => {
      settings.defaultDependencies = parseBoolean(value) ?? settings.defaultDependencies;
    },
    ...Object.fromEntries(FLAGS.map((key) => [`Service.${key}`, flag(key)])),
    ...Object.fromEntries(CHOICES.map(([key, values]) => [`Service.${key}`, choice(key, values)])),
    'Service.ProtectHome': booleanOr('ProtectHome', ['read-only', 'tmpfs']),
    'Service.ProtectSystem': booleanOr('ProtectSystem', ['full', 'strict']),
    'Service.User': user,
    'Service.SupplementaryGroups': supplementaryGroups,
    'Service.UMask': umask,
    'Service.CapabilityBoundingSet': capabilitySet('boundingSet', ALL_CAPABILITIES),
    'Service.AmbientCapabilities': capabilitySet('ambientSet', 0n),
    'Service.RestrictNamespaces': restrictNamespaces,
    'Service.RestrictAddressFamilies': restrictAddressFamilies,
    'Service.SystemCallFilter': systemCallFilter,
    'Service.SystemCallArchitectures': systemCallArchitectures,
    'Service.RootDirectory': root('RootDirectory'),
    'Service.RootImage': root('RootImage'),
    'Service.MountImages': mountImages,
    'Service.DeviceAllow': deviceAllow,
    'Service.Delegate': delegate,
    'Service.IPAddressAllow': addresses('allow'),
    'Service.IPAddressDeny': addresses('deny'),
    'Service.IPIngressFilterPath': packetFilter('IPIngressFilterPath'),
    'Service.IPEgressFilterPath': packetFilter('IPEgressFilterPath'),
    'Service.LoadCredential': credential('LoadCredential', false),
    'Service.LoadCredentialEncrypted': credential('LoadCredential', true),
    'Service.SetCredential': credential('SetCredential', false),
    'Service.SetCredentialEncrypted': credential('SetCredential', true),
  } satisfies Record<string, Assign>),
);
