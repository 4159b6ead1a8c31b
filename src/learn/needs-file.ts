import { isMap, isScalar, type Node } from 'yaml';
import { capabilityWord, checkCapability, type Checked } from '../config/check.js';
import { CONFIG_YAML } from '../config/parse.js';
import { readFile } from '../config/read-override.js';
import {
  createReader,
  isNull,
  type ConfigProblem,
  type ConfigReader,
  type Entries,
} from '../config/reader.js';
import { near } from '../core/near.js';
import { LineIndex } from '../core/text.js';
import { readYaml } from '../formats/yaml.js';
import { isSystemCall } from '../seccomp/system-calls.js';
import type { RecordedWorkload } from '../config/types.js';
import { RECORDED_LISTS, type RecordedList } from '../workload/recorded.js';
import type { Stated } from '../workload/stated.js';
import { hasControls } from './paths.js';
import { BEHAVIOURS } from './recording.js';

export type NeedsOutcome =
  | { readonly ok: true; readonly workloads: readonly RecordedWorkload[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** How the lists are called in the file. */
export const KEYS: Readonly<Record<RecordedList, string>> = {
  systemCalls: 'system-calls',
  capabilities: 'capabilities',
  executes: 'executes',
  writes: 'writes',
  reads: 'reads',
  devices: 'devices',
  families: 'families',
  listens: 'listens',
  connects: 'connects',
  namespaces: 'namespaces',
  behaviours: 'behaviours',
};

export const WORKLOAD_KEYS = ['file', 'service', 'recordings', 'root', ...Object.values(KEYS)];
const ROOT_KEYS = ['version', 'workloads'];
const RECORDING_KEYS = ['source', 'date', 'lines', 'gaps'];

/** A word for a message: nothing in it may turn or colour a terminal. */
function shown(word: string): string {
  return JSON.stringify(
    [...word]
      .map((char) => (hasControls(char) ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char))
      .join(''),
  ).replaceAll('\\\\u', '\\u');
}

function checkPath(word: string): Checked {
  return word.startsWith('/') && !/(?:^|\/)\.\.?(?:\/|$)/.test(word) && !hasControls(word)
    ? { value: word }
    : { problem: `names ${shown(word)}, which is no absolute path` };
}

function matching(pattern: RegExp, what: string): (word: string) => Checked {
  return (word) =>
    pattern.test(word) ? { value: word } : { problem: `names ${shown(word)}, which is no ${what}` };
}

function oneOf(words: readonly string[]): (word: string) => Checked {
  return (word) => {
    if (words.includes(word)) return { value: word };
    const meant = near(word, words);
    return { problem: `names ${shown(word)}${meant === undefined ? '' : `: did you mean ${meant}?`}` };
  };
}

const ADDRESS = '(?:tcp|udp|sctp|raw|icmp|ip) (?:[\\d.]+|\\[[\\da-f:.]+\\]):\\d{1,5}';

const endpoint = matching(new RegExp(`^${ADDRESS}$`), 'address');

/** A socket of another process is one of a file system too. */
const peer = matching(new RegExp(`^(?:${ADDRESS}|unix /[^\\u0000-\\u001f\\u007f]*)$`), 'address');

/** What a word of each list must be, and an example of it. */
const CHECKS: Readonly<
  Record<Exclude<RecordedList, 'systemCalls'>, readonly [(word: string) => Checked, string]>
> = {
  capabilities: [(word) => checkCapability(capabilityWord(word)), '[CHOWN, SETUID]'],
  executes: [checkPath, '[/usr/bin/node]'],
  writes: [checkPath, '[/tmp/]'],
  reads: [checkPath, '[/proc/meminfo]'],
  devices: [checkPath, '[/dev/fuse]'],
  families: [matching(/^AF_[A-Z0-9]+$/, 'address family'), '[AF_INET]'],
  listens: [endpoint, '["tcp 0.0.0.0:8080"]'],
  connects: [peer, '["tcp 10.0.0.2:5432"]'],
  namespaces: [oneOf(['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts']), '[user]'],
  behaviours: [oneOf(BEHAVIOURS), '[executable-memory]'],
};

/**
 * Reads a needs file. All problems are told at once, in the order of their lines.
 * @param path as evidence names it.
 */
export function parseNeeds(text: string, path: string): NeedsOutcome {
  const lines = new LineIndex(text);
  const broken = (offset: number, reason: string): NeedsOutcome => ({
    ok: false,
    problems: [{ line: lines.lineOf(offset), reason }],
  });
  const read = readYaml(text, CONFIG_YAML);
  if (!read.ok) return broken(read.offset, read.reason);
  const [yaml, second] = read.yamls;
  if (second !== undefined) return broken(second.range?.[0] ?? 0, 'it holds several YAML documents');
  const root = yaml?.contents;
  if (yaml === undefined || root === null || root === undefined || isNull(root))
    return { ok: true, workloads: [] };
  const reader = createReader(yaml, text, lines, { path, generated: false });
  const entries = reader.entries(root, ROOT_KEYS, 'the file');
  const version = entries?.get('version');
  if (entries !== undefined && (version === undefined || scalarOf(version) !== 1)) {
    reader.fail(version ?? root, 'version must be 1: this harden reads no other');
  }
  const workloads =
    entries === undefined
      ? []
      : reader
          .maps(entries, 'workloads', 'workload', 'file: PATH')
          .flatMap((node) => readWorkload(node, reader) ?? []);
  const problems = [...reader.problems].sort((a, b) => a.line - b.line);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, workloads };
}

function readWorkload(node: Node, reader: ConfigReader): RecordedWorkload | undefined {
  const entries = reader.entries(node, WORKLOAD_KEYS, 'a workload');
  if (entries === undefined) return undefined;
  if (isMap(node) && !entries.has('file'))
    reader.fail(node, 'a workload without file: name the file that starts it');
  const rootNode = entries.get('root');
  const root = rootNode === undefined ? true : scalarOf(rootNode);
  if (typeof root !== 'boolean') reader.fail(rootNode!, 'root must be true or false');
  const file = readFile(entries, node, reader);
  const evidence = reader.cite(entries.get('file') ?? node);
  const recordings = readRecordings(entries, reader);
  const lists = Object.fromEntries(
    RECORDED_LISTS.map((list) => [list, readList(list, entries, reader)]),
  ) as Record<RecordedList, readonly Stated[]>;
  if (file === undefined) return undefined;
  return {
    ...lists,
    file,
    service: reader.text(entries, 'service'),
    evidence,
    ...recordings,
    root: root !== false,
  };
}

/**
 * Whether one of the recordings has no gap: what another one lacks is in that one, or was never done. Only strace sees
 * all that is told apart here.
 */
function readRecordings(
  entries: Entries,
  reader: ConfigReader,
): Pick<RecordedWorkload, 'whole' | 'wholeCalls'> {
  const found = reader.maps(entries, 'recordings', 'recording', 'source: strace').map((node) => {
    const recording = reader.entries(node, RECORDING_KEYS, 'a recording');
    if (recording === undefined) return { source: undefined, whole: false };
    const gaps = reader.list(recording, 'gaps', (value) => ({ value }), '[its end is missing]');
    return { source: reader.text(recording, 'source'), whole: gaps.length === 0 };
  });
  return {
    whole: found.some(({ source, whole }) => whole && source === 'strace'),
    // The kernel logs what its rules and a profile say: never all calls.
    wholeCalls: found.some(({ source, whole }) => whole && source !== 'audit'),
  };
}

function readList(list: RecordedList, entries: Entries, reader: ConfigReader): readonly Stated[] {
  const key = KEYS[list];
  if (list !== 'systemCalls') return reader.list(entries, key, ...CHECKS[list]);
  const node = entries.get(key);
  if (node === undefined) return [];
  const text = scalarOf(node);
  if (typeof text !== 'string') {
    reader.fail(node, `${key} must be text: names with spaces between them`);
    return [];
  }
  const evidence = reader.cite(node);
  return text
    .split(/\s+/)
    .filter((name) => name !== '')
    .flatMap((name) => {
      if (isSystemCall(name)) return [{ value: name, evidence }];
      reader.fail(node, `${key} names ${shown(name)}, which is no system call`);
      return [];
    });
}

function scalarOf(node: Node): unknown {
  return isScalar(node) ? node.value : undefined;
}
