import { endpointsOf } from '../../src/workload/endpoints.js';
import { describe, expect, test } from '@jest/globals';
import type { HardenConfig } from '../../src/config/types.js';
import type { Finding } from '../../src/core/types.js';
import { createRun } from '../../src/harden.js';
import { namedHosts } from '../../src/workload/unit/named-hosts.js';
import { inOrder, isCovered, networksOf, whereaboutsOf } from '../../src/workload/unit/peer-addresses.js';
import { memoryWorkspace } from '../support/memory.js';
import { configIn } from '../support/needs.js';

const ID = 'systemd/restrict-addresses';
const EVIDENCE = { source: 'https://example.com', text: '' };

interface Given {
  readonly service: string;
  readonly egress?: string;
  /** Lines of the recording's lists; a recording without gaps. */
  readonly recorded?: readonly string[];
}

function configOf({ egress, recorded }: Given): HardenConfig | undefined {
  const needs = [
    'version: 1',
    'workloads:',
    '  - file: app.service',
    '    recordings: [{ source: strace, date: 2026-11-26, lines: 9 }]',
    '    system-calls: connect execve mmap socket',
    '    executes: [/opt/app]',
    ...(recorded ?? []).map((line) => `    ${line}`),
    '',
  ].join('\n');
  return configIn({
    ...(recorded === undefined ? {} : { 'harden.needs.yml': needs }),
    ...(egress === undefined
      ? {}
      : { 'harden.config.yml': `overrides:\n  - file: app.service\n    egress: ${egress}\n` }),
  });
}

/** What the transform says of a unit: how sure it is, what it writes or would write, and what a person is asked. */
function said(given: Given): readonly [safety: string, allowed: string, why: string] | undefined {
  const text = `[Service]\nUser=app\n${given.service}\n`;
  const run = createRun(memoryWorkspace({ 'app.service': text }), {
    phase: 3,
    enabled: (id) => id === ID,
    config: configOf(given),
  });
  const outcome = run.plan({ path: 'app.service', format: 'systemd' });
  if (outcome.kind !== 'planned') throw new Error(outcome.reason);
  const [finding] = outcome.plan.entries.map((entry): Finding => entry.finding);
  if (finding === undefined) return undefined;
  const reason = 'reason' in finding ? finding.reason : '';
  const written = 'change' in finding ? finding.change.split(', ') : [];
  const lines = 'suggestion' in finding ? (finding.suggestion ?? '').split('\n') : written;
  expect(lines[0]).toBe('IPAddressDeny=any');
  return [finding.safety, (lines[1] ?? '').replace('IPAddressAllow=', ''), reason];
}

const APP = 'ExecStart=/opt/app';
const LOCAL = 'listens: ["tcp 127.0.0.1:80"]';
const SILENT = 'families: [AF_UNIX]';
const MEMCACHED = 'ExecStart=/usr/bin/memcached';

describe('what a person says that it reaches', () => {
  test.each<readonly [string, Given, string, string, RegExp]>([
    [
      'nothing, of programs that reach nobody',
      { service: 'ExecStart=/bin/cat /etc/motd', egress: '[none]' },
      'safe',
      '',
      /^$/,
    ],
    [
      'a prefix, of programs that listen nowhere',
      { service: 'ExecStart=/bin/cat /etc/motd', egress: '[10.0.0.0/8]' },
      'safe',
      'localhost 10.0.0.0/8',
      /^$/,
    ],
    [
      'nothing, where the arguments bind it to loopback',
      { service: `${MEMCACHED} -l 127.0.0.1`, egress: '[none]' },
      'unsafe',
      'localhost',
      /^$/,
    ],
    [
      'an address with a port, which was seen to be reached by nobody else',
      { service: APP, egress: '["10.0.0.5:5432", "[2001:db8::7]:443", 192.0.2.0/24]', recorded: [LOCAL] },
      'unsafe',
      'localhost 10.0.0.5 192.0.2.0/24 2001:db8::7',
      /^$/,
    ],
    [
      'less than was seen',
      { service: APP, egress: '[none]', recorded: [LOCAL, 'connects: ["tcp 93.184.215.14:443"]'] },
      'unsafe',
      'localhost',
      /^$/,
    ],
    [
      'a name',
      { service: APP, egress: '[10.0.0.5, api.example.com]', recorded: [LOCAL] },
      'manual',
      'localhost 10.0.0.5',
      /^check first: which addresses api\.example\.com has: IPAddressAllow= takes no names/,
    ],
    [
      'a domain',
      { service: APP, egress: '[.example.com]', recorded: [SILENT] },
      'manual',
      'localhost',
      /^check first: which addresses \.example\.com has/,
    ],
    [
      'nothing, of a server that others reach',
      { service: `${MEMCACHED} -m 64`, egress: '[none]' },
      'manual',
      'localhost',
      /^check first: who its clients are/,
    ],
    [
      'nothing, of one that was seen to listen on all addresses',
      { service: APP, egress: '[none]', recorded: ['listens: ["tcp 0.0.0.0:80"]'] },
      'manual',
      'localhost',
      /^check first: who its clients are/,
    ],
    [
      'nothing, of a program of which nothing is known',
      { service: APP, egress: '[none]' },
      'manual',
      'localhost',
      /^check first: whether other hosts reach it/,
    ],
    [
      'less than the unit names',
      { service: `${APP} --cache 10.1.0.9:6379`, egress: '[10.0.0.0/16]', recorded: [LOCAL] },
      'manual',
      'localhost 10.0.0.0/16',
      /^check first: whether it reaches 10\.1\.0\.9, which stands in the unit and not in egress$/,
    ],
  ])('%s', (_, given, safety, allowed, why) => {
    expect(said(given)).toEqual([safety, allowed, expect.stringMatching(why)]);
  });

  test('holds within a prefix', () => {
    const given = { service: `${APP} --cache 10.1.0.9:6379`, egress: '[10.0.0.0/8]', recorded: [LOCAL] };
    expect(said(given)).toEqual(['unsafe', 'localhost 10.0.0.0/8', '']);
  });

  test('is nothing to a unit without a network', () => {
    expect(said({ service: `PrivateNetwork=yes\n${APP}`, egress: '[10.0.0.5]' })).toBeUndefined();
  });
});

test('what is suggested where a person is asked are the addresses of the own network, or the networks of many', () => {
  const connects = (...ends: readonly string[]): string => `connects: ${JSON.stringify(ends)}`;
  const internet = connects('tcp 10.0.0.2:5432', 'tcp 93.184.215.14:443');
  expect(said({ service: APP, recorded: [internet] })?.slice(0, 2)).toEqual(['manual', 'localhost 10.0.0.2']);
  const many = Array.from({ length: 9 }, (_, at) => `tcp 10.0.${at}.7:80`);
  expect(said({ service: APP, recorded: [connects(...many, 'tcp [fd00::7]:80')] })?.slice(0, 2)).toEqual([
    'manual',
    'localhost 10.0.0.0/8 fc00::/7',
  ]);
});

test('no port of many is left unsaid, and no list of them is endless', () => {
  const ends = [1, 22, 80, 443, 8443].map((port) => `tcp 93.184.215.14:${port}`);
  const reason = said({ service: APP, recorded: [`connects: ${JSON.stringify(ends)}`] })?.[2];
  expect(reason).toContain('(tcp port 1, tcp port 22, tcp port 80, tcp port 443 and others)');
});

describe('addresses', () => {
  test.each([
    ['127.0.0.53', 'machine'],
    ['::1', 'machine'],
    ['0.0.0.0', 'machine'],
    ['10.0.0.2', 'inside'],
    ['100.64.0.1', 'inside'],
    ['169.254.169.254', 'inside'],
    ['fe80::1', 'inside'],
    ['fd00::255', 'inside'],
    ['172.32.0.1', 'outside'],
    ['2606:4700::1', 'outside'],
    ['64:ff9b::808:808', 'outside'],
    ['224.0.0.251', 'group'],
    ['ff02::fb', 'group'],
    ['255.255.255.255', 'group'],
    ['192.168.1.255', 'group'],
  ])('%s is %s', (address, where) => expect(whereaboutsOf(address)).toBe(where));

  test('a socket of IPv6 reaches those of IPv4, and one in the file system has none', () => {
    const words = ['tcp [::ffff:10.0.0.2]:80', 'ip 10.0.0.3:0', 'unix /run/x 10.0.0.4:1', 'tcp 10.0.0:1'];
    const ends = endpointsOf(words.map((value) => ({ value, evidence: EVIDENCE })));
    expect(ends.map(({ address, port, protocol }) => [protocol, address, port])).toEqual([
      ['tcp', '10.0.0.2', 80],
      ['ip', '10.0.0.3', 0],
    ]);
  });

  test('stand in the order of a person', () => {
    const words = ['fd00::5', '10.0.0.10', 'localhost', '10.0.0.9', '10.0.0.10', '9.9.9.9'];
    expect(inOrder(words)).toEqual(['localhost', '9.9.9.9', '10.0.0.9', '10.0.0.10', 'fd00::5']);
  });

  test('are in their networks and prefixes', () => {
    expect(networksOf(['172.20.0.1', 'fe80::1'])).toEqual(['172.16.0.0/12', 'fe80::/10']);
    expect(isCovered('10.1.2.3', ['localhost', 'fd00::/8', '10.1.2.0/24'])).toBe(true);
    expect(isCovered('10.1.2.3', ['localhost', '10.1.2.4'])).toBe(false);
  });
});

describe('hosts that a line names', () => {
  test.each<readonly [string, readonly string[]]>([
    ['/opt/app postgres://shop:secret@db.example.com:5432/shop', ['db.example.com']],
    ['A=mongodb://one:27017,two:27018/x B="http://[fd00::1]:80/"', ['one', 'two', 'fd00::1']],
    ['/opt/app --redis-host cache --replicaof other 6379', ['cache', 'other']],
    ['/opt/app --upstream=10.0.0.9:80 10.0.0.8 [::ffff:10.0.0.7]:1', ['10.0.0.9', '10.0.0.8', '10.0.0.7']],
    ['/opt/app api.example.com smtp:25', ['api.example.com', 'smtp']],
    ['/opt/app http://localhost:80 unix:///run/x.sock --host localhost', []],
    ['/usr/bin/java -jar app.jar org.apache.kafka.Kafka', []],
    ['/usr/bin/python3 -m http.server --server-name www.example.com', []],
    ['/opt/app --port 8080 --level debug --config /etc/app.io --time 12:30', []],
    ['/bin/chown app:1000 /srv', []],
    ['--host $DB_HOST --addr :8080 --url ${URL}', []],
  ])('%s', (text, hosts) => {
    const found = namedHosts([{ text, readsOnly: false, evidence: EVIDENCE }]);
    expect(found.map(({ host }) => host)).toEqual(hosts);
  });

  test('may be its own', () => {
    const found = namedHosts([
      { text: '--listen 10.0.0.1:80 --db 10.0.0.2', readsOnly: false, evidence: EVIDENCE },
    ]);
    expect(found.map(({ mayListen }) => mayListen)).toEqual([true, false]);
  });
});
