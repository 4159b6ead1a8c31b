import { DIRECTIVES } from '../../formats/systemd/directives.js';
import { parseBoolean } from '../../formats/systemd/document.js';
import type { Step } from './steps.js';
import type { Observation } from './trial.js';

/** The settings whose value in force can be told: those that sandboxes are made of. */
export function settingsOf(steps: readonly Step[]): readonly string[] {
  const keys = steps.filter(({ section, key }) => section === 'Service' && Object.hasOwn(DIRECTIVES, key));
  return [...new Set([...keys.map(({ key }) => key), 'CapabilityBoundingSet', 'NoNewPrivileges'])];
}

/** Settings that are one word, which the manager shows as it is written. */
const WORDS = ['DevicePolicy', 'KeyringMode', 'ProcSubset', 'ProtectHome', 'ProtectProc', 'ProtectSystem'];

const FILTERS = [
  'MemoryDenyWriteExecute',
  'RestrictNamespaces',
  'SystemCallArchitectures',
  'SystemCallFilter',
];

/** What a unit sets and the manager or the kernel doesn't do, as sentences. */
export function notInForce(steps: readonly Step[], { settings, process }: Observation): readonly string[] {
  const set = steps.filter(({ key, after }) => Object.hasOwn(DIRECTIVES, key) && after.length > 0);
  const shown = set.flatMap(({ key, after }): readonly string[] => {
    const value = settings.get(key);
    if (value === undefined) return [`this systemd does not know ${key}=`];
    const last = after.at(-1)!;
    const wanted = parseBoolean(last) ?? (WORDS.includes(key) ? last : undefined);
    if (wanted === undefined || value === wanted || parseBoolean(value) === wanted) return [];
    return [`${key}= is ${value} and not ${last}`];
  });
  return [...shown, ...notInKernel(settings, process)];
}

function notInKernel(settings: Observation['settings'], process: Observation['process']): readonly string[] {
  if (process.size === 0) return [];
  const bounding = settings
    .get('CapabilityBoundingSet')
    ?.split(/\s+/)
    .filter((word) => word !== '');
  const held = bits(process.get('CapBnd') ?? '0');
  return [
    ...(settings.get('NoNewPrivileges') === 'yes' && process.get('NoNewPrivs') === '0'
      ? ['its process may gain privileges']
      : []),
    ...(isFiltered(settings) && process.get('Seccomp') === '0'
      ? ['its process has no system call filter']
      : []),
    ...(bounding !== undefined && held > bounding.length
      ? [`its process is bound to ${held} capabilities and not ${bounding.length}`]
      : []),
  ];
}

function isFiltered(settings: Observation['settings']): boolean {
  return FILTERS.some((key) => !/^(?:|no)$/.test(settings.get(key) ?? ''));
}

function bits(hex: string): number {
  return [...BigInt(`0x${hex}`).toString(2)].filter((bit) => bit === '1').length;
}
