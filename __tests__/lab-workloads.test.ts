import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Controls } from './lab/controls.js';
import { capabilitiesIn } from '../src/exposure/names.js';
import { credentialsIn } from './lab/credentials.js';
import { matrixOf } from './lab/matrix.js';
import { newRefusals } from './lab/refusals.js';
import { readWorkload, workloadNames } from './lab/workload.js';
import { checksOf, type WorkloadTrial } from './lab/workload-trial.js';

describe('the credentials of a process', () => {
  it('are read from its status', () => {
    const status = [
      'Name:\tredis-server',
      'Uid:\t0\t999\t999\t999',
      'CapInh:\t0000000000000000',
      'CapEff:\t0000000000000000',
      'CapBnd:\t00000000000000c1',
      'NoNewPrivs:\t1',
    ].join('\n');
    expect(credentialsIn(status)).toEqual({
      uid: 999,
      effective: [],
      bounding: ['CHOWN', 'SETGID', 'SETUID'],
      noNewPrivileges: true,
    });
  });

  it('name each capability of the kernel', () => {
    expect(capabilitiesIn('000001ffffffffff')).toHaveLength(41);
    expect(capabilitiesIn('0000010000000400')).toEqual(['NET_BIND_SERVICE', 'CHECKPOINT_RESTORE']);
  });
});

describe('the refusals in a log', () => {
  it('are those that the log from before has not, whatever the time', () => {
    const before = 'db: 10:01:02 [17] chmod: Operation not permitted\n';
    const after =
      'db: 10:05:09 [21] chmod: Operation not permitted\ndb: open("/x"): Read-only file system\nready\n';
    expect(newRefusals(before, after, [])).toEqual(['db: open("/x"): Read-only file system']);
    expect(newRefusals(before, after, ['open\\("/x"'])).toEqual([]);
  });
});

const CONTROLS: Controls = {
  service: 'db',
  image: 'postgres:16',
  processes: [
    { uid: 0, effective: ['KILL'], bounding: ['KILL', 'SETUID'], noNewPrivileges: true },
    { uid: 999, effective: [], bounding: ['KILL', 'SETUID'], noNewPrivileges: true },
  ],
  readOnly: true,
  tmpfs: ['/tmp'],
  volumes: ['/var/lib/postgresql/data'],
  memory: 512 * 2 ** 20,
  pids: 0,
  ports: ['127.0.0.1:15432'],
  networks: ['lab_default'],
  healthCheck: true,
};

const TRIAL: WorkloadTrial = {
  workload: 'postgres',
  clients: ['psql'],
  original: { fault: undefined },
  oldData: { fault: 'ended with 1' },
  hardened: { fault: undefined },
  controls: [CONTROLS],
};

describe('the matrix', () => {
  it('has a row for each container', () => {
    const row = matrixOf([TRIAL]).trimEnd().split('\n').at(-1)!;
    const cells = row.split('|').map((cell) => cell.trim());
    expect(cells.slice(1, -1)).toEqual([
      ...['postgres', 'postgres:16', 'psql', 'root, 999', 'KILL, SETUID', 'KILL', 'yes', 'yes'],
      ...['/tmp', '/var/lib/postgresql/data', '512 MiB', 'none', '127.0.0.1:15432', 'yes', '1'],
      ...['works', 'works', 'fails'],
    ]);
  });

  it('has a row for a workload that was not hardened', () => {
    const trial = {
      ...TRIAL,
      original: { fault: 'no' },
      oldData: undefined,
      hardened: undefined,
      controls: [],
    };
    expect(matrixOf([trial])).toMatch(/\| postgres +\| \? .*\| fails +\| \? +\| \? +\|\n$/);
    expect(checksOf(trial)).toEqual([{ name: 'the original works', fault: 'no' }]);
  });
});

describe('each workload', () => {
  it.each(workloadNames())('%s says what its clients do', (name) => {
    const { steps, again } = readWorkload(name);
    for (const step of [...steps, ...again]) expect(() => new RegExp(step.shows, 'm')).not.toThrow();
    expect(again.length).toBeGreaterThan(0);
  });

  it('publishes ports of its own', () => {
    const ports = workloadNames().flatMap((name) => {
      const text = readFileSync(join(readWorkload(name).folder, 'docker-compose.yml'), 'utf8');
      return [...text.matchAll(/^\s+-\s+["']?(?:[\d.]+:)?(\d{4,5}):\d+(?!\d|\/udp)/gm)].map(
        (match) => match[1],
      );
    });
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port, at) => ports.indexOf(port) !== at)).toEqual([]);
  });
});
