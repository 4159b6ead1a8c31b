import { Document, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import { createComposeDocument, type ComposeDocument } from '../../formats/compose/document.js';
import type { FileReader } from '../../core/types.js';
import type { UnitDocument, UnitEntry } from '../../formats/systemd/document.js';
import { interpolate } from '../compose/interpolate.js';
import { isRecord, type Plain } from '../compose/plain.js';
import { folderOf, join, type ComposeProject, type Field, type ServiceView } from '../compose/project.js';
import { settingsOf, type Setting } from './settings.js';

/**
 * A container unit as the inference of needs reads a Compose service: the same keys, with nodes that have their places
 * in the unit's own text, so that all evidence cites the unit.
 * @param unit with its drop-ins.
 * @param siblings the other container units of the folder.
 */
export function viewContainer(
  file: UnitDocument,
  unit: UnitDocument,
  files: FileReader,
  siblings: () => readonly ServiceView[],
): ServiceView {
  const standIns = new Map<UnitDocument, ComposeDocument>();
  const standIn = (document: UnitDocument): ComposeDocument => {
    const known =
      standIns.get(document) ?? createComposeDocument(document.path, document.text, [new Document()], []);
    standIns.set(document, known);
    return known;
  };
  const byKey = new Map<string, Field[]>();
  for (const setting of settingsOf(unit)) {
    const { key, entry } = setting;
    const origin = entry.origin ?? file;
    const field = toField(setting, origin, standIn(origin), files);
    byKey.set(key, [...(byKey.get(key) ?? []), field]);
  }
  const name = unit.unitName.replace(/\.container$/, '');
  const fields = (key: string): readonly Field[] => byKey.get(key) ?? [];
  const project: ComposeProject = {
    documents: [standIn(file)],
    folder: folderOf(unit.path),
    files,
    // systemd reads no `.env`; what a variable or a specifier stands for is not in the tree.
    interpolate: (text) => interpolate(text, new Map()),
    load: () => undefined,
    hardens: () => false,
    services: () => [view, ...siblings()],
    service: (other) => project.services().find((candidate) => candidate.name === other),
  };
  const view: ServiceView = {
    name,
    project,
    fields,
    last: (key) => fields(key).at(-1),
    declaredIn: standIn(file),
    extendsService: undefined,
    extendsFile: undefined,
    missing: undefined,
  };
  return view;
}

function toField(
  setting: Setting,
  origin: UnitDocument,
  document: ComposeDocument,
  files: FileReader,
): Field {
  const { key, entry } = setting;
  const value = key === 'volumes' ? withVolumeUnits(setting.value, origin, files) : setting.value;
  const node = toNode(value, origin, entry);
  return {
    value,
    node,
    document,
    yaml: document.yamls[0]!,
    map: new YAMLMap(),
    own: entry.origin === undefined,
    extended: false,
    offset: entry.range.start,
  };
}

/** A node of the value, with the place of each of its words as far as it is found in the assignment. */
function toNode(value: Plain, origin: UnitDocument, entry: UnitEntry): Node {
  const { start, end } = entry.valueRange;
  const written = origin.text.slice(start, end);
  const place = (text: string): [number, number, number] => {
    const name = /^\w+=/.exec(text)?.[0] ?? text;
    const at = written.indexOf(name);
    const from = at === -1 ? start : start + at;
    const to = at === -1 ? end : Math.min(end, from + text.length);
    return [from, to, to];
  };
  const scalar = (text: string | null): Scalar => {
    const node = new Scalar(text);
    node.range = place(text ?? '');
    return node;
  };
  const build = (item: Plain): Node => {
    if (Array.isArray(item)) {
      const list = new YAMLSeq();
      list.items = (item as readonly Plain[]).map(build);
      list.range = [start, end, end];
      return list;
    }
    if (isRecord(item)) {
      const map = new YAMLMap();
      map.items = Object.entries(item).map(([name, inner]) => new Pair(scalar(name), build(inner)));
      map.range = [start, end, end];
      return map;
    }
    return scalar(item as string | null);
  };
  return build(value);
}

/** Settings of a `.volume` unit that make it a folder of the host, or a file system of another machine. */
const ELSEWHERE = /^[ \t]*(?:Device|Type|Driver|Options|PodmanArgs)[ \t]*=[ \t]*\S/m;
const DEVICE = /^[ \t]*Device[ \t]*=[ \t]*(\/\S*)/m;

/** `data.volume:/data` mounts the volume of another unit: a folder of the host where that unit says so. */
function withVolumeUnits(value: Plain, origin: UnitDocument, files: FileReader): Plain {
  if (!Array.isArray(value)) return value;
  return (value as readonly Plain[]).map((item): Plain => {
    const source = isRecord(item)
      ? item.source
      : typeof item === 'string'
        ? item.split(':', 1)[0]
        : undefined;
    if (typeof source !== 'string' || !/^[\w@.-]+\.volume$/.test(source)) return item;
    const text = files.read(join(folderOf(origin.path), source));
    if (text === undefined || !ELSEWHERE.test(text)) return item;
    const folder = DEVICE.exec(text)?.[1] ?? '${VOLUME}';
    return isRecord(item)
      ? { ...item, type: 'bind', source: folder }
      : folder + String(item).slice(source.length);
  });
}
