import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY } from '../../src/config/parse.js';
import type { HardenConfig, RecordedWorkload } from '../../src/config/types.js';
import type { Evidence } from '../../src/core/types.js';
import { composeAdapter } from '../../src/formats/compose/parse.js';
import { parseUnit } from '../../src/formats/systemd/parse.js';
import { createRun, type Run } from '../../src/harden.js';
import type { ServiceWorkload } from '../../src/workload/compose/service.js';
import { isWithin, type Need } from '../../src/workload/model.js';
import { RECORDED_LISTS, type RecordedList } from '../../src/workload/recorded.js';
import { unitWorkload, type UnitWorkload } from '../../src/workload/unit.js';
import type { Restriction } from '../../src/workload/unit/needs.js';
import { memoryWorkspace } from '../support/memory.js';

/*
 * A recording comes on top of what the files say: whatever is in it, no need that they show becomes smaller, and one that
 * has gaps or is of an audit log answers no question.
 */

fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1), numRuns: 150 });

const EVIDENCE: Evidence = { file: 'harden.needs.yml', line: 3, text: '- file: app' };

/** Words that a recording may hold, with some that contradict the files below. */
const WORDS: Readonly<Record<RecordedList, readonly string[]>> = {
  systemCalls: [
    'accept4',
    'bind',
    'chroot',
    'connect',
    'execve',
    'io_uring_enter',
    'mmap',
    'mount',
    'setuid',
  ],
  capabilities: ['CHOWN', 'NET_BIND_SERVICE', 'NET_RAW', 'SETUID', 'SYS_ADMIN'],
  executes: [
    '/opt/app',
    '/usr/bin/memcached',
    '/usr/bin/sudo',
    '/usr/sbin/nginx',
    '/tmp/tool',
    '/opt/tools/',
  ],
  writes: ['/home/ana/x', '/proc/sys/vm/x', '/run/app/sock', '/srv/app/', '/tmp/x', '/var/lib/app/db'],
  reads: ['/home/ana/', '/proc/meminfo', '/etc/shadow'],
  devices: ['/dev/fuse', '/dev/net/tun'],
  families: ['AF_INET', 'AF_INET6', 'AF_PACKET', 'AF_UNIX'],
  listens: ['tcp 0.0.0.0:80', 'tcp 127.0.0.1:11211', 'tcp [::]:443'],
  connects: [
    'tcp 10.0.0.2:5432',
    'tcp 93.184.215.14:443',
    'udp 127.0.0.53:53',
    'unix /run/x',
    'udp 224.0.0.1:5',
  ],
  namespaces: ['mnt', 'user'],
  behaviours: ['executable-memory', 'locked-memory', 'personality', 'realtime', 'set-id-files'],
};

function lists(): fc.Arbitrary<Pick<RecordedWorkload, RecordedList>> {
  const list = (words: readonly string[]): fc.Arbitrary<RecordedWorkload['writes']> =>
    fc.subarray([...words]).map((some) => some.map((value) => ({ value, evidence: EVIDENCE })));
  const all = Object.fromEntries(RECORDED_LISTS.map((name) => [name, list(WORDS[name])]));
  return fc.record(all) as unknown as fc.Arbitrary<Pick<RecordedWorkload, RecordedList>>;
}

/** What a recording is whole of: `audit` sees no calls but those that a rule or a profile says. */
const EXTENTS = {
  gaps: { whole: false, wholeCalls: false },
  calls: { whole: false, wholeCalls: true },
  all: { whole: true, wholeCalls: true },
} as const;
type Extent = keyof typeof EXTENTS;

function recordings(extents: readonly Extent[]): fc.Arbitrary<RecordedWorkload> {
  return fc.tuple(lists(), fc.constantFrom(...extents), fc.boolean()).map(([found, extent, root]) => ({
    ...found,
    ...EXTENTS[extent],
    root,
    file: 'app.service',
    service: undefined,
    evidence: EVIDENCE,
  }));
}

function runWith(path: string, text: string, workload: RecordedWorkload | undefined): Run {
  const place = { folder: '.', root: '.' };
  const recorded = workload === undefined ? undefined : { place, workloads: [workload] };
  const config: HardenConfig = { path: '', place, ...EMPTY, recorded };
  return createRun(memoryWorkspace({ [path]: text }), { phase: 3, config });
}

/** What a need was unknown of is settled by nothing that left it as it was. */
function expectOpen<T>(without: Need<T>, withIt: Need<T>): void {
  if (without.certainty !== 'unknown' || withIt.certainty === 'unknown') return;
  expect(withIt.value).not.toEqual(without.value);
}

function expectAll(words: readonly string[], among: readonly string[]): void {
  expect(words.filter((word) => !among.includes(word))).toEqual([]);
}

const UNITS = [
  'User=app\nExecStart=/opt/app --replicaof 10.0.0.9 6379',
  'ExecStart=/opt/app\nExecStartPre=/usr/bin/install -d /var/lib/app',
  'User=memcache\nExecStart=/usr/bin/memcached -l 127.0.0.1 -p 11211',
  'User=memcache\nExecStart=/usr/bin/memcached -m 64',
  "ExecStart=/usr/sbin/nginx -g 'daemon off;'",
  'User=www-data\nExecStart=/bin/sh -c "cat /etc/a >/var/lib/app/b"',
  'User=app\nExecStart=/usr/bin/node /srv/app/server.js\nAmbientCapabilities=CAP_NET_BIND_SERVICE',
  'User=app\nExecStart=/opt/run.sh\nStateDirectory=app',
  'DynamicUser=yes\nExecStart=/usr/bin/python3 -m http.server --bind 127.0.0.1',
];

function unitOf(text: string, workload?: RecordedWorkload): UnitWorkload {
  const parsed = parseUnit('app.service', `[Service]\n${text}\n`);
  if (!parsed.ok) throw new Error(parsed.reason);
  const run = runWith('app.service', parsed.document.text, workload);
  return unitWorkload(parsed.document, run.projects.unitContext())!;
}

const RESTRICTIONS = [
  'compilers',
  'devices',
  'families',
  'helpers',
  'hostMounts',
  'hostUsers',
  'kernel',
  'namespaces',
  'personality',
  'realtime',
  'setuid',
  'suidSgid',
] as const satisfies readonly (keyof UnitWorkload)[];

const NETWORKS = ['none', 'loopback', 'any'];
const HOMES = ['none', 'read', 'write'];

describe('a unit', () => {
  const texts = fc.constantFrom(...UNITS);

  test('needs all that its files show, whatever was seen', () => {
    fc.assert(
      fc.property(texts, recordings(['gaps', 'calls', 'all']), (text, workload) => {
        const [files, both] = [unitOf(text), unitOf(text, workload)];
        for (const name of RESTRICTIONS) {
          const [less, more]: readonly Restriction[] = [files[name], both[name]];
          expectAll(less!.value, more!.value);
        }
        expectAll(files.capabilities.value, both.capabilities.value);
        expectAll(files.systemCalls.value.needs, both.systemCalls.value.needs);
        const places = both.writable.value.map(({ path }) => path);
        for (const { path } of files.writable.value)
          expect([path, places.some((place) => isWithin(path, place))]).toEqual([path, true]);
        const { network, home, proc } = files;
        if (network.certainty !== 'unknown')
          expect(NETWORKS.indexOf(both.network.value)).toBeGreaterThanOrEqual(
            NETWORKS.indexOf(network.value),
          );
        expect(HOMES.indexOf(both.home.value)).toBeGreaterThanOrEqual(HOMES.indexOf(home.value));
        if (proc.value.host === true) expect(both.proc.value.host).toBe(true);
        expect(both.proc.value.others).toBe(proc.value.others);
      }),
    );
  });

  test('exchanges packets with all that its files name, and with all that was seen', () => {
    fc.assert(
      fc.property(texts, recordings(['gaps', 'calls', 'all']), (text, workload) => {
        const [files, both] = [unitOf(text).peers, unitOf(text, workload).peers];
        const { value } = both;
        if (value === 'any' || both.certainty === 'unknown') return;
        if (files.value !== 'any') expectAll(files.value, value);
        expectAll(text.match(/\b10\.[\d.]+/g) ?? [], value);
        const seen = workload.connects.flatMap((one) => /^\w+ ([\d.]+):/.exec(one.value)?.[1] ?? []);
        expectAll(
          seen.filter((address) => !address.startsWith('127.')),
          value,
        );
        const heard = workload.listens.filter((one) => !one.value.includes('127.0.0.1'));
        expect(heard).toEqual([]);
      }),
    );
  });

  test('is as unknown with a recording that has gaps as without', () => {
    fc.assert(
      fc.property(texts, recordings(['gaps']), (text, workload) => {
        const [files, both] = [unitOf(text), unitOf(text, workload)];
        for (const name of RESTRICTIONS) expectOpen(files[name], both[name]);
        expectOpen(files.capabilities, both.capabilities);
        expectOpen(files.home, both.home);
        expectOpen(files.proc, both.proc);
        expectOpen(files.writable, both.writable);
        // Somebody was seen to be reached: how many there are stays open.
        if (files.network.certainty === 'unknown' && both.network.certainty !== 'unknown')
          expect(both.network.value).toBe('any');
        expect(files.peers.value === 'any' && both.peers.value !== 'any').toBe(false);
      }),
    );
  });

  test('is said to make no fewer calls by what saw only some', () => {
    fc.assert(
      fc.property(texts, recordings(['gaps']), (text, workload) => {
        const [files, both] = [unitOf(text).systemCalls, unitOf(text, workload).systemCalls];
        expect([both.certainty, both.value.narrow]).toEqual([files.certainty, files.value.narrow]);
      }),
    );
  });
});

const SERVICES = [
  'image: postgres:16\n    environment: { POSTGRES_PASSWORD_FILE: /run/secrets/p }',
  'image: nginx:1.27\n    ports: ["8080:80"]',
  'image: redis:7\n    cap_add: [SYS_NICE]',
  'image: example.com/shop/app:1\n    init: true',
  'image: example.com/shop/app:1\n    user: "1000"',
  'image: example.com/shop/app:1\n    volumes: ["data:/var/lib/app"]',
  'image: example.com/shop/app:1\n    cap_drop: [ALL]\n    cap_add: [CHOWN]',
];

function serviceOf(text: string, workload?: RecordedWorkload): ServiceWorkload {
  const path = 'compose.yml';
  const source = `services:\n  app:\n    ${text}\nvolumes:\n  data:\n`;
  const parsed = composeAdapter.parse(path, source);
  if (!parsed.ok) throw new Error(parsed.reason);
  const seen = workload === undefined ? undefined : { ...workload, file: path, service: 'app' };
  return runWith(path, source, seen).projects.composeContext(parsed.document).workload('app')!;
}

describe('a service', () => {
  const texts = fc.constantFrom(...SERVICES);

  test('needs all that its files show, whatever was seen', () => {
    fc.assert(
      fc.property(texts, recordings(['gaps', 'calls', 'all']), (text, workload) => {
        const [files, both] = [serviceOf(text), serviceOf(text, workload)];
        if (files.capabilities.certainty !== 'unknown')
          expectAll(files.capabilities.value, both.capabilities.value);
        if (files.setuidHelpers.certainty !== 'unknown')
          expectAll(files.setuidHelpers.value, both.setuidHelpers.value);
        const places = both.writable.value.map(({ path }) => path);
        for (const { path } of files.writable.value)
          expect([path, places.some((place) => isWithin(path, place))]).toEqual([path, true]);
        expectAll(
          workload.systemCalls.map(({ value }) => value),
          workload.systemCalls.length > 0 ? both.systemCalls.value.calls : [],
        );
      }),
    );
  });

  test('is as unknown with a recording that has gaps as without', () => {
    fc.assert(
      fc.property(texts, recordings(['gaps']), (text, workload) => {
        const [files, both] = [serviceOf(text), serviceOf(text, workload)];
        expectOpen(files.capabilities, both.capabilities);
        expectOpen(files.writable, both.writable);
        expectOpen(files.setuidHelpers, both.setuidHelpers);
        if (workload.systemCalls.length > 0) expect(both.systemCalls.certainty).toBe('unknown');
      }),
    );
  });
});
