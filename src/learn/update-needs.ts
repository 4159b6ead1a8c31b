import { Document, isMap, isSeq, parseDocument, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { CONFIG_YAML } from '../config/parse.js';
import { RECORDED_LISTS, type RecordedList } from '../workload/recorded.js';
import { KEYS } from './needs-file.js';
import { createPathSet } from './paths.js';
import type { Recording } from './recording.js';

/** The workload that was recorded, as the needs file names it. */
export interface RecordedSubject {
  /** A path from the needs file's folder, with `/`. */
  readonly file: string;
  readonly service: string | undefined;
}

const HEAD = ` What workloads were seen to do: "harden learn" writes it, and harden reads it. Review it, and commit it.
 A recording holds only what was exercised. What the files say that a workload needs stays needed, whatever is here.`;

/** Paths of which many are summed up in one. */
const PATHS: ReadonlySet<RecordedList> = new Set(['executes', 'writes', 'reads', 'devices']);

const WIDTH = 110;

/**
 * Adds a recording to the text of a needs file: what was known of the workload stays, and so does what is said of others.
 * @param text a needs file without faults; undefined where there is none yet.
 * @param date `2026-11-26`.
 */
export function addRecording(
  text: string | undefined,
  subject: RecordedSubject,
  recording: Recording,
  date: string,
): string {
  const document = open(text);
  const workloads = listIn(document, document.contents as YAMLMap, 'workloads');
  const found = findWorkload(workloads, subject);
  const workload = found ?? newWorkload(document, workloads, subject);
  const { source, lines, gaps } = recording;
  listIn(document, workload, 'recordings').add(
    document.createNode({ source, date, lines, ...(gaps.length > 0 ? { gaps } : {}) }),
  );
  // What was root once may be so again, and what is not known may be: a file that does not say it means that.
  const wasRoot = found !== undefined && found.get('root') !== false;
  workload.set('root', wasRoot || recording.root !== false);
  for (const list of RECORDED_LISTS) {
    const key = KEYS[list];
    const before = wordsIn(workload.get(key, true));
    const all = union(list, before, recording[list]);
    // What a person has put in another order, or with a comment, stays as it is.
    if (all.every((word) => before.includes(word))) continue;
    const node = workload.get(key, true);
    if (node instanceof Scalar && list === 'systemCalls') fold(node, all);
    else if (isSeq(node)) complete(document, list, node, all);
    else
      workload.set(key, list === 'systemCalls' ? fold(new Scalar(''), all) : listNode(document, list, all));
  }
  return document.toString({ lineWidth: WIDTH, flowCollectionPadding: false });
}

/** A text with nothing but comments is a file too. */
function open(text: string | undefined): Document {
  if (text === undefined || text.trim() === '') return emptyFile();
  const document: Document = parseDocument(text, CONFIG_YAML);
  if (!isMap(document.contents)) document.contents = document.createNode({ version: 1, workloads: [] });
  return document;
}

function emptyFile(): Document {
  const document = new Document({ version: 1, workloads: [] }, CONFIG_YAML);
  document.commentBefore = HEAD;
  return document;
}

function listIn(document: Document, map: YAMLMap, key: string): YAMLSeq {
  const found = map.get(key, true);
  if (isSeq(found)) {
    found.flow = false;
    return found;
  }
  const made = document.createNode([]) as unknown as YAMLSeq;
  map.set(key, made);
  return made;
}

function findWorkload(workloads: YAMLSeq, { file, service }: RecordedSubject): YAMLMap | undefined {
  return workloads.items
    .filter((item) => isMap(item))
    .find((item) => item.get('file') === file && item.get('service') === service);
}

function newWorkload(document: Document, workloads: YAMLSeq, { file, service }: RecordedSubject): YAMLMap {
  const made = document.createNode(service === undefined ? { file } : { file, service }) as YAMLMap;
  if (workloads.items.length > 0) made.spaceBefore = true;
  workloads.add(made);
  return made;
}

function wordsIn(node: unknown): readonly string[] {
  if (isSeq(node)) return (node.toJSON() as unknown[]).map(String);
  return node instanceof Scalar ? String(node.value).split(/\s+/).filter(Boolean) : [];
}

function union(list: RecordedList, before: readonly string[], more: readonly string[]): readonly string[] {
  const all = [...new Set([...before, ...more])].sort();
  if (!PATHS.has(list)) return all;
  const set = createPathSet();
  const folders = all.filter((path) => path.endsWith('/'));
  for (const path of all) {
    if (!folders.some((folder) => path !== folder && path.startsWith(folder))) set.add(path);
  }
  // A set takes the names of folders; which of them stand for all that is below is known here.
  return set.list().map((path) => (folders.includes(`${path}/`) ? `${path}/` : path));
}

/** One text, wrapped: a hundred names are no list to read line by line. */
function fold(scalar: Scalar, words: readonly string[]): Scalar {
  scalar.value = words.join(' ');
  scalar.type = Scalar.BLOCK_FOLDED;
  return scalar;
}

/** Brings a list to these words; those that stay keep their places and their comments. */
function complete(document: Document, list: RecordedList, node: YAMLSeq, words: readonly string[]): void {
  node.items = node.items.filter((item) => words.includes(wordOf(item)));
  for (const word of words) {
    const had = node.items.map(wordOf);
    if (had.includes(word)) continue;
    const next = had.findIndex((other) => other > word);
    node.items.splice(next === -1 ? had.length : next, 0, document.createNode(word));
  }
  if (node.flow === true) node.flow = isShort(list, words);
}

function wordOf(item: unknown): string {
  return item instanceof Scalar ? String(item.value) : '';
}

function isShort(list: RecordedList, words: readonly string[]): boolean {
  return !PATHS.has(list) && words.join(', ').length < 80;
}

function listNode(document: Document, list: RecordedList, words: readonly string[]): unknown {
  const node = document.createNode(words) as unknown as YAMLSeq;
  node.flow = isShort(list, words);
  return node;
}
