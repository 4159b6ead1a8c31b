import { isSeq, type Node } from 'yaml';
import type { Evidence } from '../../core/types.js';
import { resolveAlias } from '../../formats/compose/document.js';
import { isRecord, strings, type Plain } from './plain.js';
import { citeField, type Field, type ServiceView } from './project.js';

/** A directory or file that the service gets from outside its image. */
export interface Mount {
  readonly target: string;
  /** Host path or volume name; undefined for an anonymous volume or a tmpfs. */
  readonly source: string | undefined;
  readonly kind: 'bind' | 'volume' | 'tmpfs';
  readonly readOnly: boolean;
  /** What follows the target in the short form, with the long form's propagation and label among it: `z`, `rslave`. */
  readonly options: readonly string[];
  readonly evidence: Evidence;
  /** Where it is written: the list, and its place in it. */
  readonly field: Field;
  readonly entry: Node | undefined;
}

type Described = Omit<Mount, 'field' | 'entry' | 'evidence'>;

/** Splits at a separator that isn't inside `${…}`, so that `${DIR:-./x}:/x` has two parts. */
export function splitOutsideBraces(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  let previous = '';
  for (const character of text) {
    if (character === '{' && (depth > 0 || previous === '$')) depth += 1;
    if (character === '}' && depth > 0) depth -= 1;
    previous = character;
    if (character === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** All mounts of a service over its layers: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes */
export function mountsOf(view: ServiceView): readonly Mount[] {
  const { project } = view;
  const volumes = view.fields('volumes').flatMap((field) => {
    const items = Array.isArray(field.value) ? (field.value as readonly Plain[]) : [];
    const list = resolveAlias(field.node, field.yaml);
    return items.flatMap((item, index): Mount[] => {
      const mount = isRecord(item) ? longMount(item) : shortMount(item);
      if (mount === undefined) return [];
      const entry = isSeq(list) ? resolveAlias(list.items[index], field.yaml) : undefined;
      const target = trimSlash(project.interpolate(mount.target).text);
      return [{ ...mount, target, evidence: citeField(field), field, entry }];
    });
  });
  const tmpfs = view.fields('tmpfs').flatMap((field) =>
    strings(field.value).map((item): Mount => {
      const [target = ''] = splitOutsideBraces(item, ':');
      const filled = trimSlash(project.interpolate(target).text);
      const described = {
        target: filled,
        source: undefined,
        kind: 'tmpfs',
        readOnly: false,
        options: [],
      } as const;
      return { ...described, evidence: citeField(field), field, entry: undefined };
    }),
  );
  return [...volumes, ...tmpfs];
}

function shortMount(item: Plain): Described | undefined {
  if (typeof item !== 'string') return undefined;
  const parts = splitOutsideBraces(item, ':');
  // `C:\data:/data`: a drive letter is no volume name.
  const drive = /^[A-Za-z]$/.test(parts[0] ?? '') && /^[\\/]/.test(parts[1] ?? '') && parts.length > 2;
  const [source, target, options] = drive ? [`${parts[0]}:${parts[1]}`, parts[2], parts[3]] : parts;
  if (source === undefined || source === '') return undefined;
  if (target === undefined) {
    return { target: source, source: undefined, kind: 'volume', readOnly: false, options: [] };
  }
  const bind = drive || /^[./~$\\]/.test(source);
  const list = options === undefined || options === '' ? [] : options.split(',');
  return { target, source, kind: bind ? 'bind' : 'volume', readOnly: list.includes('ro'), options: list };
}

function longMount(item: Readonly<Record<string, Plain>>): Described | undefined {
  if (typeof item.target !== 'string') return undefined;
  const kind = item.type === 'bind' || item.type === 'tmpfs' ? item.type : 'volume';
  const source = typeof item.source === 'string' ? item.source : undefined;
  const { propagation, selinux } = isRecord(item.bind) ? item.bind : {};
  const options = [propagation, selinux].filter((option) => typeof option === 'string');
  if (item.read_only === 'false') options.push('rw');
  return { target: item.target, source, kind, readOnly: item.read_only === 'true', options };
}

function trimSlash(path: string): string {
  return path.replace(/(?!^)\/+$/, '');
}
