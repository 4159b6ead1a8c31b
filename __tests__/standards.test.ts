import { describe, expect, test } from '@jest/globals';
import { createRun } from '../src/harden.js';
import { standards } from '../src/standards/index.js';
import { stateOf } from '../src/standards/status.js';
import type { Status } from '../src/standards/types.js';
import { subjectsOf, surveyRuns, type AssessedControl } from '../src/survey.js';
import { policies } from '../transforms/index.js';
import { memoryWorkspace, type Tree } from './support/memory.js';

/** The controls of all standards on a tree at each moment, by their ids. */
function controlsOf(tree: Tree): ReadonlyMap<string, AssessedControl> {
  const found = surveyRuns((phase, texts = new Map()) =>
    createRun(memoryWorkspace({ ...tree, ...Object.fromEntries(texts) }), { phase }),
  );
  expect(found.failures).toEqual([]);
  return new Map(
    found.standards.flatMap(({ controls }) => controls.map((one) => [one.control.id, one] as const)),
  );
}

function statusNow(tree: Tree, id: string): Status {
  const control = standards.flatMap(({ controls }) => controls).find((one) => one.id === id)!;
  return stateOf(control, subjectsOf(createRun(memoryWorkspace(tree), { phase: 3 }))).status;
}

/** A Compose file with one service of an image that nothing is known of. */
function compose(...lines: readonly string[]): Tree {
  const image = lines.some((line) => line.startsWith('image:')) ? [] : ['image: example.org/app:1'];
  const service = [...image, ...lines].map((line) => `    ${line}\n`).join('');
  return { 'docker-compose.yml': `services:\n  app:\n${service}` };
}

function dockerfile(...lines: readonly string[]): Tree {
  return { Dockerfile: `${lines.join('\n')}\n` };
}

const NODE = ['FROM node:22-bookworm', 'WORKDIR /app', 'COPY index.js .'];

type Row = readonly [control: string, status: Status, files: Tree];

const CONTAINERS: readonly Row[] = [
  ['5.2', 'UNDECIDABLE', compose()],
  ['5.2', 'FAIL', compose('security_opt: [apparmor=unconfined]')],
  ['5.2', 'PASS', compose('security_opt: [apparmor=app]')],
  ['5.3', 'UNDECIDABLE', compose()],
  ['5.3', 'FAIL', compose('security_opt: ["label:disable"]')],
  ['5.4', 'FAIL', compose()],
  ['5.4', 'FAIL', compose('cap_drop: [NET_RAW]')],
  ['5.4', 'PASS', compose('cap_drop: [ALL]', 'cap_add: [CHOWN]')],
  ['5.4', 'FAIL', compose('cap_drop: [all]', 'cap_add: [ALL]')],
  ['5.4', 'FAIL', compose('cap_drop: [ALL]', 'privileged: true')],
  ['5.5', 'PASS', compose()],
  ['5.5', 'FAIL', compose('privileged: true')],
  ['5.6', 'PASS', compose('volumes: ["./data:/data"]')],
  ['5.6', 'FAIL', compose('volumes: ["/etc:/host/etc:ro"]')],
  ['5.6', 'PASS', compose('volumes: ["/var/run/docker.sock:/var/run/docker.sock"]')],
  ['5.8', 'NOT APPLICABLE', compose()],
  ['5.8', 'FAIL', compose('ports: ["80:8080"]')],
  ['5.8', 'PASS', compose('ports: ["8080:80"]')],
  ['5.8', 'UNDECIDABLE', compose('ports: ["${PORT}:80"]')],
  ['5.10', 'FAIL', compose('network_mode: host')],
  ['5.11', 'FAIL', compose()],
  ['5.11', 'PASS', compose('mem_limit: 1g')],
  ['5.11', 'PASS', compose('deploy: { resources: { limits: { memory: 1g } } }')],
  ['5.12', 'PASS', compose('cpu_shares: 512')],
  ['5.13', 'PASS', compose('read_only: true')],
  ['5.13', 'FAIL', compose('read_only: false')],
  ['5.14', 'NOT APPLICABLE', compose()],
  ['5.14', 'FAIL', compose('ports: ["8080:80"]')],
  ['5.14', 'PASS', compose('ports: ["127.0.0.1:8080:80"]')],
  ['5.15', 'PASS', compose('restart: on-failure:5')],
  ['5.15', 'FAIL', compose('restart: on-failure:6')],
  ['5.15', 'PARTIAL', compose('restart: always')],
  ['5.16', 'FAIL', compose('pid: host')],
  ['5.17', 'FAIL', compose('ipc: host')],
  ['5.17', 'PASS', compose('ipc: private')],
  ['5.18', 'FAIL', compose('devices: ["/dev/ttyUSB0"]')],
  ['5.19', 'PASS', compose()],
  ['5.19', 'UNDECIDABLE', compose('ulimits: { nofile: 65536 }')],
  ['5.20', 'FAIL', compose('volumes: ["./data:/data:rshared"]')],
  ['5.21', 'FAIL', compose('uts: host')],
  ['5.22', 'PASS', compose()],
  ['5.22', 'FAIL', compose('security_opt: ["seccomp:unconfined"]')],
  ['5.25', 'FAIL', compose('cgroup_parent: other')],
  ['5.26', 'PASS', compose('security_opt: ["no-new-privileges:true"]')],
  ['5.26', 'FAIL', compose('security_opt: ["no-new-privileges:false"]')],
  ['5.27', 'UNDECIDABLE', compose()],
  ['5.27', 'PASS', compose('healthcheck: { test: [CMD, "true"] }')],
  ['5.27', 'FAIL', compose('healthcheck: { disable: true }')],
  ['5.28', 'FAIL', compose('image: example.org/app')],
  ['5.28', 'FAIL', compose('image: example.org/app:latest')],
  ['5.28', 'PASS', compose('image: example.org/app:1')],
  ['5.29', 'PASS', compose('pids_limit: 100')],
  ['5.30', 'FAIL', compose('network_mode: bridge')],
  ['5.31', 'FAIL', compose('userns_mode: host')],
  ['5.32', 'FAIL', compose('volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]')],
  ['5.32', 'FAIL', compose('volumes: ["/run:/run"]')],
];

const IMAGES: readonly Row[] = [
  ['4.1', 'FAIL', dockerfile(...NODE, 'CMD ["node", "index.js"]')],
  ['4.1', 'PASS', dockerfile(...NODE, 'USER node', 'CMD ["node", "index.js"]')],
  ['4.1', 'UNDECIDABLE', dockerfile('FROM example.org/app:1', 'CMD ["app"]')],
  ['4.2', 'UNDECIDABLE', dockerfile(...NODE)],
  ['4.2', 'FAIL', dockerfile('FROM example.org/app', 'CMD ["app"]')],
  ['4.6', 'FAIL', dockerfile(...NODE, 'CMD ["node", "index.js"]')],
  // Turned off on purpose.
  ['4.6', 'PARTIAL', dockerfile(...NODE, 'HEALTHCHECK NONE')],
  ['4.6', 'PASS', dockerfile(...NODE, 'HEALTHCHECK CMD node check.js')],
  ['4.9', 'FAIL', dockerfile('FROM node:22-bookworm', 'ADD index.js .')],
  ['4.10', 'FAIL', dockerfile(...NODE, 'ENV DB_PASSWORD=correct-horse')],
  ['4.11', 'FAIL', dockerfile(...NODE, 'RUN curl -fsSL https://example.org/install.sh | bash')],
  [
    '5.7',
    'FAIL',
    dockerfile(
      'FROM debian:12',
      'RUN apt-get update && apt-get install -y openssh-server',
      'CMD ["/usr/sbin/sshd", "-D"]',
    ),
  ],
  ['5.7', 'PASS', dockerfile(...NODE)],
];

test.each([...CONTAINERS, ...IMAGES])('CIS %s is %s', (number, status, files) => {
  expect([statusNow(files, `CIS-Docker-${number}`), files]).toEqual([status, files]);
});

describe('states', () => {
  test('some services that meet a control and others that do not make it PARTIAL, and each is told', () => {
    const files = {
      'compose.yml': 'services:\n  a:\n    image: a:1\n    read_only: true\n  b:\n    image: b:1\n',
    };
    const { status, judged } = controlsOf(files).get('CIS-Docker-5.13')!.states.before;
    expect(status).toBe('PARTIAL');
    expect(judged.map(({ subject, verdict }) => [subject.name, verdict.kind])).toEqual([
      ['a', 'met'],
      ['b', 'unmet'],
    ]);
  });

  test('what a phase changes shows from that phase on', () => {
    const files = {
      'docker-compose.yml':
        'services:\n  cache:\n    image: redis:7\n    volumes: ["data:/data"]\nvolumes:\n  data:\n',
    };
    const controls = controlsOf(files);
    const over = (id: string): readonly Status[] => {
      const { states } = controls.get(id)!;
      return [states.before.status, states[1].status, states[2].status, states[3].status];
    };
    expect(over('CIS-Docker-5.4')).toEqual(['FAIL', 'PASS', 'PASS', 'PASS']);
    expect(over('CIS-Docker-5.13')).toEqual(['FAIL', 'FAIL', 'PASS', 'PASS']);
    expect(over('CIS-Docker-4.4')).toEqual(['UNDECIDABLE', 'UNDECIDABLE', 'UNDECIDABLE', 'UNDECIDABLE']);
  });

  test('the Dockerfile that a service builds counts for both, and is read as the phase leaves it', () => {
    const files = {
      'compose.yml': 'services:\n  web:\n    build: .\n    ports: ["8080:8080"]\n',
      Dockerfile: 'FROM node:22-bookworm\nWORKDIR /app\nCOPY . .\nCMD ["node", "index.js"]\n',
      'index.js': "require('http').createServer((q, s) => s.end('hi')).listen(8080);\n",
      'package.json': '{ "name": "web", "version": "1.0.0" }\n',
    };
    const { states } = controlsOf(files).get('CIS-Docker-4.1')!;
    expect(states.before.judged.map(({ subject }) => subject.kind).sort()).toEqual(['container', 'image']);
    expect([states.before.status, states[2].status]).toEqual(['FAIL', 'PASS']);
  });

  test('a Quadlet container is judged by what Podman does', () => {
    const unit = '[Container]\nImage=docker.io/library/redis:7\nReadOnly=true\n';
    const controls = controlsOf({ 'cache.container': unit });
    const status = (id: string): Status => controls.get(id)!.states.before.status;
    expect(status('CIS-Docker-5.13')).toBe('PASS');
    expect(status('CIS-Docker-5.29')).toBe('PASS');
    expect(status('CIS-Docker-5.30')).toBe('NOT APPLICABLE');
  });

  test('without anything to judge, what files could show is not applicable', () => {
    const controls = controlsOf({ 'app.service': '[Service]\nExecStart=/usr/bin/true\n' });
    expect(controls.get('CIS-Docker-5.4')!.states.before.status).toBe('NOT APPLICABLE');
    expect(controls.get('CIS-Docker-5.1')!.states.before.status).toBe('UNDECIDABLE');
  });
});

describe('the data', () => {
  const controls = standards.flatMap((standard) => standard.controls);
  const ids = new Set(controls.map(({ id }) => id));

  test('the CIS sections are whole', () => {
    const numbers = (section: string, count: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => `CIS-Docker-${section}.${at + 1}`);
    expect([...ids].filter((id) => id.startsWith('CIS'))).toEqual([...numbers('4', 12), ...numbers('5', 32)]);
  });

  test('each control is decided by checks, or says what decides it', () => {
    expect(
      controls.filter(({ checks, undecided }) => checks.length === 0 && undecided === undefined),
    ).toEqual([]);
    expect(controls.length).toBe(ids.size);
  });

  test('checks name transforms that are there', () => {
    const known = new Set<string>(policies.map(({ id }) => id));
    const named = controls.flatMap(({ checks }) => checks.flatMap(({ transforms }) => transforms));
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  test('transforms name controls of these standards, and are named by them', () => {
    // What runs on Fly.io or Render is no container of Docker's: their findings name what they are akin to.
    const containers = policies.filter(({ id }) => !/^(?:fly|render)\//.test(id));
    const own = containers.flatMap(({ id, controls: named }) =>
      named
        .filter((control) => /^(?:CIS|NIST-800-190)/.test(control))
        .map((control) => [id, control] as const),
    );
    const decides = (id: string, control: string): boolean =>
      controls.find((one) => one.id === control)?.checks.some(({ transforms }) => transforms.includes(id)) ===
      true;
    expect(own.filter(([id, control]) => !decides(id, control))).toEqual([]);
  });
});
