import { isSeq, type Node } from 'yaml';
import { applyEdits, combine, edits, refused, type Edits } from '../../core/text.js';
import {
  contentEnd,
  ownPair,
  type ComposeDocument,
  type ComposeService,
} from '../../formats/compose/document.js';
import {
  addKey,
  appendToSequence,
  ownValue,
  replaceScalar,
  type YamlValue,
} from '../../formats/compose/edit.js';
import { parseCompose } from '../../formats/compose/parse.js';
import { removeKey } from '../../formats/compose/remove.js';
import type { Mended, Override } from '../diagnosis.js';
import type { ServiceModel } from './model.js';
import { withKeys } from './steps.js';

/** A way to mend a hardened service. */
export type Change =
  | { readonly kind: 'capabilities'; readonly names: readonly string[] }
  | { readonly kind: 'writable'; readonly paths: readonly string[] }
  | { readonly kind: 'executable'; readonly paths: readonly string[] }
  | { readonly kind: 'take-back'; readonly keys: readonly string[] };

/** What a tmpfs of its own gets; the mode lets any user of the container write, as /tmp does. */
const TMPFS = 'noexec,nosuid,nodev,size=64m,mode=1777';

/** The service as it is changed. */
export function changedService(
  hardened: ServiceModel,
  original: ServiceModel,
  changes: readonly Change[],
): ServiceModel {
  return changes.reduce<ServiceModel>((service, change) => {
    switch (change.kind) {
      case 'capabilities':
        return { ...service, cap_add: [...(service.cap_add ?? []), ...change.names] };
      case 'writable':
        return { ...service, tmpfs: [...(service.tmpfs ?? []), ...change.paths.map(tmpfsAt)] };
      case 'executable':
        return {
          ...service,
          tmpfs:
            service.tmpfs?.map((entry) =>
              change.paths.includes(pathOf(entry)) ? executable(entry) : entry,
            ) ?? [],
        };
      case 'take-back':
        return withKeys(service, original, change.keys);
    }
  }, hardened);
}

function tmpfsAt(path: string): string {
  return `${path}:${TMPFS}`;
}

export function pathOf(tmpfs: string): string {
  return tmpfs.split(':')[0]!;
}

function executable(entry: string): string {
  const [path, ...options] = entry.split(':');
  const kept = options
    .join(':')
    .split(',')
    .filter((option) => option !== '' && option !== 'noexec' && option !== 'exec');
  return `${path}:${['exec', ...kept].join(',')}`;
}

/** What a change does, as the end of `it works `. */
export function sayChange(change: Change): string {
  switch (change.kind) {
    case 'capabilities':
      return `with ${change.names.join(', ')} in cap_add`;
    case 'writable':
      return `with a tmpfs on ${change.paths.join(', ')}`;
    case 'executable':
      return `without noexec on ${change.paths.join(', ')}`;
    case 'take-back':
      return `with ${change.keys.join(', ')} as before`;
  }
}

/** What the configuration is to say; undefined where no transform made what is taken back. */
export function overrideOf(
  service: string,
  changes: readonly Change[],
  madeBy: readonly string[],
): Override | undefined {
  const found: Record<string, readonly string[]> = {};
  for (const change of changes) {
    if (change.kind === 'capabilities') found.capabilities = change.names;
    if (change.kind === 'writable') found.writable = change.paths;
    if (change.kind === 'executable') found.executable = change.paths;
    if (change.kind === 'take-back' && madeBy.length > 0) found.skip = madeBy;
  }
  return Object.keys(found).length === 0 ? undefined : { service, ...found };
}

/** The text of a hardened file with the changes, or why they can't be written. All else stays byte for byte. */
export function changedText(
  path: string,
  text: string,
  name: string,
  changes: readonly Change[],
  original: ComposeDocument,
): Mended {
  let current = text;
  for (const change of changes) {
    const parsed = parseCompose(path, current);
    if (!parsed.ok) return { ok: false, reason: parsed.reason };
    const service = parsed.document.services.find((one) => one.name === name);
    if (service === undefined) return { ok: false, reason: `it has no service ${name}` };
    const before = original.services.find((one) => one.name === name);
    const made = editsFor(parsed.document, service, change, { document: original, service: before });
    if (!made.ok) return { ok: false, reason: made.reason };
    current = applyEdits(current, made.edits);
  }
  const parsed = parseCompose(path, current);
  return parsed.ok ? { ok: true, text: current } : { ok: false, reason: parsed.reason };
}

interface Source {
  readonly document: ComposeDocument;
  readonly service: ComposeService | undefined;
}

function editsFor(
  document: ComposeDocument,
  service: ComposeService,
  change: Change,
  original: Source,
): Edits {
  switch (change.kind) {
    case 'capabilities':
      return addItems(document, service, 'cap_add', change.names);
    case 'writable':
      return addItems(document, service, 'tmpfs', change.paths.map(tmpfsAt));
    case 'executable':
      return combine(...change.paths.map((path) => makeExecutable(service, path)));
    case 'take-back':
      return combine(...change.keys.map((key) => takeBack(document, service, key, original)));
  }
}

function addItems(
  document: ComposeDocument,
  service: ComposeService,
  key: string,
  items: readonly string[],
): Edits {
  const list = ownValue(service, key);
  return list === undefined
    ? addKey(document, service, key, items)
    : appendToSequence(document, service, list, items);
}

function makeExecutable(service: ComposeService, path: string): Edits {
  const list = ownValue(service, 'tmpfs');
  const entries = isSeq(list) ? (list.items as Node[]) : list === undefined ? [] : [list];
  const entry = entries.find((node) => pathOf(String((node as { value?: unknown }).value)) === path);
  if (entry === undefined) return refused(`its tmpfs on ${path} is not written here`);
  return replaceScalar(service, entry, executable(String((entry as { value?: unknown }).value)));
}

/** The key's value as the original writes it; nothing where the original has none. */
function takeBack(document: ComposeDocument, service: ComposeService, key: string, original: Source): Edits {
  const now = service.map === undefined ? undefined : ownPair(service.map, key);
  const before = original.service?.map === undefined ? undefined : ownPair(original.service.map, key);
  if (before === undefined) return now === undefined ? edits() : removeKey(document, service, key);
  const [from, to] = [before.key.range?.[1] ?? 0, contentEnd(before.value ?? before.key)];
  const text = original.document.text.slice(from, to);
  if (now === undefined) return addKey(document, service, key, before.value?.toJSON() as YamlValue);
  return edits({ start: now.key.range?.[1] ?? 0, end: contentEnd(now.value ?? now.key), text });
}
