import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseNeeds } from '../../src/learn/needs-file.js';
import { BEHAVIOURS, type Recording } from '../../src/learn/recording.js';
import { addRecording } from '../../src/learn/update-needs.js';
import { RECORDED_LISTS, wordsOf } from '../../src/workload/recorded.js';
import { mergeRecordings } from '../../src/learn/read.js';

const NOTHING: Recording = {
  source: 'strace',
  lines: 1,
  systemCalls: [],
  capabilities: [],
  executes: [],
  writes: [],
  reads: [],
  devices: [],
  families: [],
  listens: [],
  connects: [],
  namespaces: [],
  behaviours: [],
  root: false,
  gaps: [],
};
const SUBJECT = { file: 'app.service', service: undefined };
const DAY = '2026-11-26';

function workloadsIn(text: string) {
  const parsed = parseNeeds(text, 'harden.needs.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems) + text);
  return parsed.workloads;
}

const add = (text: string | undefined, more: Partial<Recording>): string =>
  addRecording(text, SUBJECT, { ...NOTHING, ...more }, DAY);

describe('what a person has written stays', () => {
  const FILE = `# Ours
version: 1
workloads:
  - file: app.service # the only one
    recordings:
      - source: strace
        date: 2026-11-01
        lines: 3
    root: false
    system-calls: read # all it does
    writes:
      # the queue
      - /var/spool/z
      - /srv/a # why
    capabilities: [CHOWN] # at the start
`;
  test('comments and order', () => {
    const text = add(FILE, { systemCalls: ['write'], writes: ['/srv/b'], capabilities: ['KILL'] });
    for (const words of [
      '# Ours',
      '# the only one',
      '# all it does',
      '# the queue',
      '# why',
      '# at the start',
    ])
      expect(text).toContain(words);
    const [workload] = workloadsIn(text);
    expect(wordsOf(workload!.writes)).toEqual(['/srv/b', '/var/spool/z', '/srv/a']);
    expect(wordsOf(workload!.systemCalls)).toEqual(['read', 'write']);
    expect(wordsOf(workload!.capabilities)).toEqual(['CHOWN', 'KILL']);
    expect(text.match(/source: strace/g)).toHaveLength(2);
  });
  test('a file of comments', () => expect(workloadsIn(add('# soon\n', { writes: ['/a'] }))).toHaveLength(1));
  test('a folder that stands for all below it, and what is beside it', () => {
    const text = add(FILE.replace('- /srv/a # why', '- /srv/\n      - /srv/a'), { writes: ['/opt/x'] });
    expect(wordsOf(workloadsIn(text)[0]!.writes).toSorted()).toEqual(['/opt/x', '/srv/', '/var/spool/z']);
  });
  test('who may have been root', () => {
    expect(workloadsIn(add(FILE.replace('    root: false\n', ''), {}))[0]!.root).toBe(true);
    expect(workloadsIn(add(FILE, {}))[0]!.root).toBe(false);
    expect(workloadsIn(add(FILE, { root: undefined }))[0]!.root).toBe(true);
  });
});

describe('a whole recording', () => {
  test.each<readonly [string, Partial<Recording>, boolean, boolean]>([
    ['strace', {}, true, true],
    ['strace with a gap', { gaps: ['its end is missing'] }, false, false],
    ['an audit log', { source: 'audit' }, false, false],
    ['an OCI profile', { source: 'oci-seccomp' }, false, true],
  ])('%s', (_, more, whole, wholeCalls) =>
    expect(workloadsIn(add(undefined, more))[0]).toMatchObject({ whole, wholeCalls }),
  );
  test('one without the calls that all make is none', () => {
    expect(mergeRecordings([{ ...NOTHING, systemCalls: ['execve', 'mmap'] }]).gaps).toEqual([]);
    expect(mergeRecordings([{ ...NOTHING, systemCalls: ['connect'] }]).gaps).toHaveLength(1);
    const parts = [['execve', 'mmap'], ['write']].map((systemCalls) => ({ ...NOTHING, systemCalls }));
    expect(mergeRecordings(parts).gaps).toEqual([]);
  });
});

describe('faults', () => {
  const head = 'version: 1\nworkloads:\n  - file: app.service\n';
  test.each([
    ['version: 2\nworkloads: []\n', 1, 'version must be 1'],
    ['workloads: []\n', 1, 'version must be 1'],
    ['version: 1\nworkload: []\n', 2, 'did you mean workloads'],
    ['version: 1\nworkloads:\n  - root: true\n', 3, 'without file'],
    [`${head}    root: maybe\n`, 4, 'true or false'],
    [`${head}    writes: [srv]\n`, 4, 'no absolute path'],
    [`${head}    writes: [/a/../b]\n`, 4, 'no absolute path'],
    [`${head}    writes: ["/a\\e[31m"]\n`, 4, 'no absolute path'],
    [`${head}    writes: ["/a\\u202eb"]\n`, 4, 'no absolute path'],
    [`${head}    system-calls: read __proto__\n`, 4, 'no system call'],
    [`${head}    system-calls: [read]\n`, 4, 'names with spaces'],
    [`${head}    behaviours: [realtme]\n`, 4, 'did you mean realtime'],
    [`${head}    listens: ["tcp evil"]\n`, 4, 'no address'],
    [`${head}    capabilities: [CHWON]\n`, 4, 'CHOWN'],
    [`${head}    families: [INET]\n`, 4, 'no address family'],
    ['version: 1\n---\nversion: 1\n', 2, 'several YAML documents'],
    ['version: [1\n', 2, ''],
  ])('%j', (text, line, advice) => {
    const parsed = parseNeeds(text, 'harden.needs.yml');
    if (parsed.ok) throw new Error('it has no fault');
    expect(parsed.problems[0]!.line).toBe(line);
    expect(parsed.problems[0]!.reason).toContain(advice);
    expect(parsed.problems[0]!.reason).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
  test('all are told at once', () => {
    const parsed = parseNeeds(`${head}    root: 1\n    writes: [x]\n    nothing: 1\n`, 'harden.needs.yml');
    expect(parsed.ok ? [] : parsed.problems.map(({ line }) => line)).toEqual([4, 5, 6]);
  });
});

describe('any recordings after each other', () => {
  const some = (...words: readonly string[]) => fc.subarray([...words]);
  const paths = fc
    .array(
      fc.constantFrom(
        '/a',
        '/srv/x',
        '/srv/y',
        '/srv/',
        '/etc/p: q',
        '/etc/#p',
        "/o'k",
        '/ü "x"',
        '/- a',
        '/true',
        '/srv/1',
        '/srv/2',
        '/srv/3',
        '/srv/4',
        '/srv/5',
      ),
    )
    .map((list) => [...new Set(list)]);
  const recording = fc.record<Recording>({
    source: fc.constantFrom('strace', 'audit', 'oci-seccomp'),
    lines: fc.nat(),
    systemCalls: some('read', 'write', 'openat', 'accept4'),
    capabilities: some('CHOWN', 'KILL'),
    executes: paths,
    writes: paths,
    reads: paths,
    devices: paths,
    families: some('AF_INET', 'AF_UNIX'),
    listens: some('tcp [::]:80', 'udp 0.0.0.0:53'),
    connects: some('tcp 10.0.0.1:5432'),
    namespaces: some('user', 'net'),
    behaviours: fc.subarray([...BEHAVIOURS]),
    root: fc.constantFrom(true, false, undefined),
    gaps: some('its end is missing', 'a: b # c'),
  });
  const subject = fc.record({
    file: fc.constantFrom('app.service', 'deploy/compose.yml', "it's #1.yml", '__proto__'),
    service: fc.constantFrom(undefined, 'web', 'constructor'),
  });
  test('make a file that parses, and lose nothing of any of them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(subject, recording), { minLength: 1, maxLength: 6 }), (all) => {
        let text: string | undefined;
        for (const [about, one] of all) text = addRecording(text, about, one, DAY);
        const workloads = workloadsIn(text!);
        for (const [about, one] of all) {
          const found = workloads.find(
            ({ file, service }) => file === about.file && service === about.service,
          )!;
          for (const list of RECORDED_LISTS) {
            const kept = wordsOf(found[list]);
            for (const word of one[list])
              expect(
                kept.some((item) => item === word || (item.endsWith('/') && word.startsWith(item))),
              ).toBe(true);
          }
          if (one.root !== false) expect(found.root).toBe(true);
        }
      }),
    );
  });
});
