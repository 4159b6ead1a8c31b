import { expect, test } from '@jest/globals';
import { compareSights, notInForce } from '../../../src/verify/compose/compare.js';
import { newDenials } from '../../../src/verify/compose/denials.js';
import { parse, type Inside } from '../../../src/verify/compose/inside.js';
import type { ServiceSight, Sight } from '../../../src/verify/compose/trial.js';

const INSIDE: Inside = {
  uid: 0,
  bounding: [],
  noNewPrivileges: true,
  readOnlyRoot: true,
  tmpfs: new Map(),
  listening: ['0.0.0.0:80'],
};

function service(more: Partial<ServiceSight> = {}): ServiceSight {
  const quiet = { id: 'a', ports: [], inside: INSIDE, log: '', denied: [], restarts: 0 };
  return { state: 'up', says: 'it runs', ...quiet, ...more };
}

function sight(web: ServiceSight, more: Partial<Sight> = {}): Sight {
  return {
    services: new Map([['web', web]]),
    trouble: undefined,
    smoke: undefined,
    left: new Map(),
    took: 3000,
    ...more,
  };
}

function port(reach: 'answers' | 'closed' | 'open', status?: number): ServiceSight['ports'][number] {
  return { target: 80, published: 32000, after: 5, reach, status };
}

test('a service that ends is a fault; one that ended before too is none', () => {
  const ended = service({ state: 'ended', says: 'it ended with exit code 1' });
  expect(compareSights(sight(service()), sight(ended)).faults).toEqual([
    { service: 'web', says: 'it ended with exit code 1', kind: 'state' },
  ]);
  const both = compareSights(sight(ended), sight(ended));
  expect(both.faults).toEqual([]);
  expect(both.undecided).toEqual([{ service: 'web', says: 'of the original: it ended with exit code 1' }]);
});

test('a job that goes on running, or a server that ends well, is another thing than before', () => {
  const done = service({ state: 'done', says: 'it ended well' });
  expect(compareSights(sight(service()), sight(done)).faults).toHaveLength(1);
  expect(compareSights(sight(done), sight(service())).faults).toHaveLength(1);
});

test('a port that is closed is explained by where the process listens', () => {
  const loopback = service({
    ports: [port('closed')],
    inside: { ...INSIDE, listening: ['127.0.0.1:80', '[::1]:80'] },
  });
  const { faults } = compareSights(sight(service({ ports: [port('answers', 200)] })), sight(loopback));
  expect(faults.map(({ says }) => says)).toEqual([
    'nothing answers at its published port 80: it listens on 127.0.0.1:80, which is loopback inside the container',
  ]);
});

test('an answer that became an error of the server is a fault, one that always was is none', () => {
  const [well, broken] = [
    service({ ports: [port('answers', 200)] }),
    service({ ports: [port('answers', 502)] }),
  ];
  expect(compareSights(sight(well), sight(broken)).faults).toHaveLength(1);
  expect(compareSights(sight(broken), sight(broken)).faults).toEqual([]);
});

test('a port that is published no more is a fault', () => {
  expect(compareSights(sight(service({ ports: [port('open')] })), sight(service())).faults).toHaveLength(1);
});

test('a log that newly tells of denials is a fault of a service that runs', () => {
  const log = "2026-01-02 open('/var/cache/x'): Read-only file system\n";
  const { faults } = compareSights(sight(service()), sight(service({ log })));
  expect(faults).toMatchObject([{ service: 'web', kind: 'denied' }]);
});

test('the same denial with other times and numbers is not new', () => {
  const before = '[12] 10:00:01 chown 7f3a2b19c0: Operation not permitted\n';
  const after = '[45] 11:32:09 chown 99aa00bb11: Operation not permitted\nmkdir /x: EROFS\n';
  expect(newDenials(before, after)).toEqual(['mkdir /x: EROFS']);
});

test('a project that starts no more is a fault of the whole', () => {
  const { faults } = compareSights(sight(service()), sight(service(), { trouble: "it doesn't build" }));
  expect(faults).toEqual([{ service: '', says: "it doesn't build", kind: 'state' }]);
});

test('what the file asks for and the container has not is named', () => {
  const model = {
    services: {
      web: {
        read_only: true,
        cap_drop: ['ALL'],
        cap_add: ['CAP_CHOWN'],
        security_opt: ['no-new-privileges:true'],
        tmpfs: ['/run:size=1m'],
      },
    },
  };
  const inside = {
    ...INSIDE,
    readOnlyRoot: false,
    noNewPrivileges: false,
    bounding: ['CHOWN', 'NET_RAW'],
  };
  expect(notInForce(model, sight(service({ inside }))).get('web')).toEqual([
    'its root file system is writable',
    'it may gain privileges',
    'it has NET_RAW too',
    '/run is no tmpfs',
  ]);
  expect(
    notInForce(model, sight(service({ inside: { ...INSIDE, tmpfs: new Map([['/run', 'rw']]) } }))).get('web'),
  ).toEqual([]);
});

test('the files of /proc are read as the kernel writes them', () => {
  const found = parse({
    '1/status': 'Name:\tnginx\nUid:\t101\t101\t101\t101\nNoNewPrivs:\t1\nCapBnd:\t00000000000004c1\n',
    'self/mountinfo': [
      '1034 906 0:52 / / ro,relatime master:1 - overlay overlay rw,lowerdir=/a',
      '1035 1034 0:55 / /proc rw,nosuid - proc proc rw',
      '1036 1034 0:56 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k',
      '1040 1034 0:60 / /var/cache/nginx rw,nosuid,noexec - tmpfs tmpfs rw,size=65536k,mode=755',
    ].join('\n'),
    'self/net/tcp': [
      '  sl  local_address rem_address   st tx_queue rx_queue',
      '   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000',
      '   1: 0200A8C0:1F90 0300A8C0:C350 01 00000000:00000000',
    ].join('\n'),
    'self/net/tcp6':
      '   0: 00000000000000000000000000000000:0050 0:0 0A 0\n   1: 00000000000000000000000001000000:0051 0:0 0A 0\n',
  });
  expect(found).toEqual({
    uid: 101,
    bounding: ['CHOWN', 'SETGID', 'SETUID', 'NET_BIND_SERVICE'],
    noNewPrivileges: true,
    readOnlyRoot: true,
    tmpfs: new Map([['/var/cache/nginx', 'rw,nosuid,noexec,rw,size=65536k,mode=755']]),
    listening: ['127.0.0.1:3000', '[::]:80', '[::1]:81'],
  });
});
