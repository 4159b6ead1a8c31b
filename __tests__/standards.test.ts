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
  ['5.5', 'FAIL', compose('privileged: "${PRIVILEGED:-true}"')],
  ['5.5', 'UNDECIDABLE', compose('privileged: "${PRIVILEGED}"')],
  ['5.6', 'PASS', compose('volumes: ["./data:/data"]')],
  ['5.6', 'FAIL', compose('volumes: ["/etc:/host/etc:ro"]')],
  ['5.6', 'PASS', compose('volumes: ["/var/run/docker.sock:/var/run/docker.sock"]')],
  // It may be any directory of the host.
  ['5.6', 'UNDECIDABLE', compose('volumes: ["${DATA}:/data"]')],
  ['5.6', 'UNDECIDABLE', compose('volumes: ["${ROOT}/etc:/host/etc:ro"]')],
  ['5.6', 'PASS', compose('volumes: ["${DATA}/media:/data", "${MORE:-./more}:/more", "$PWD:/src"]')],
  ['5.6', 'FAIL', compose('volumes: ["${ETC:-/etc}:/host/etc:ro"]')],
  ['5.7', 'UNDECIDABLE', compose()],
  ['5.7', 'PASS', compose('image: redis:7')],
  ['5.7', 'FAIL', compose('command: ["/usr/sbin/sshd", "-D"]')],
  ['5.7', 'FAIL', compose('image: linuxserver/openssh-server:9.7')],
  ['5.7', 'FAIL', compose('image: gitea/gitea:1.22')],
  ['5.8', 'NOT APPLICABLE', compose()],
  ['5.8', 'FAIL', compose('ports: ["80:8080"]')],
  ['5.8', 'PASS', compose('ports: ["8080:80"]')],
  ['5.8', 'UNDECIDABLE', compose('ports: ["${PORT}:80"]')],
  ['5.10', 'FAIL', compose('network_mode: host')],
  ['5.10', 'UNDECIDABLE', compose('network_mode: "${NETWORK}"')],
  ['5.11', 'FAIL', compose()],
  ['5.11', 'PASS', compose('mem_limit: 1g')],
  ['5.11', 'PASS', compose('deploy: { resources: { limits: { memory: 1g } } }')],
  ['5.11', 'FAIL', compose('mem_limit: 0')],
  ['5.12', 'PASS', compose('cpu_shares: 512')],
  ['5.13', 'PASS', compose('read_only: true')],
  ['5.13', 'FAIL', compose('read_only: false')],
  ['5.13', 'UNDECIDABLE', compose('read_only: "${READ_ONLY}"')],
  ['5.14', 'NOT APPLICABLE', compose()],
  ['5.14', 'FAIL', compose('ports: ["8080:80"]')],
  ['5.14', 'PASS', compose('ports: ["127.0.0.1:8080:80"]')],
  ['5.14', 'UNDECIDABLE', compose('ports: ["${ADDRESS}:8080:80"]')],
  ['5.15', 'PASS', compose('restart: on-failure:5')],
  ['5.15', 'UNDECIDABLE', compose('restart: "${RESTART}"')],
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
  ['5.28', 'PASS', compose('image: debian:bookworm-slim')],
  ['5.28', 'FAIL', compose('image: example.org/app:develop')],
  ['5.28', 'FAIL', compose('image: nginx:stable-alpine')],
  ['5.28', 'UNDECIDABLE', compose('image: "example.org/app:${VERSION}"')],
  ['5.29', 'PASS', compose('pids_limit: 100')],
  ['5.29', 'FAIL', compose('pids_limit: -1')],
  ['5.30', 'FAIL', compose('network_mode: bridge')],
  ['5.31', 'FAIL', compose('userns_mode: host')],
  ['5.32', 'FAIL', compose('volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]')],
  ['5.32', 'FAIL', compose('volumes: ["/run:/run"]')],
];

/** A Dockerfile on a base image that has apt. */
function debian(...lines: readonly string[]): Tree {
  return dockerfile('FROM debian:12', ...lines, 'CMD ["app"]');
}

const UPDATES: readonly Row[] = [
  ['4.7', 'PASS', debian()],
  ['4.7', 'PASS', debian('RUN apt-get update && apt-get install -y curl')],
  ['4.7', 'PASS', debian('RUN apt-get update -o Acquire::Retries=3; apt-get install -y curl')],
  [
    '4.7',
    'PASS',
    debian('ARG MORE=""', 'RUN apt-get update && if [ -n "$MORE" ]; then apt install $MORE; fi'),
  ],
  ['4.7', 'PASS', debian('RUN apt-get update && xargs apt-get install -y < packages')],
  ['4.7', 'PASS', debian("RUN sh -c 'apt-get update && apt-get install -y curl'")],
  ['4.7', 'PASS', debian('RUN <<EOF', 'apt-get update', 'apt-get install -y curl', 'EOF')],
  ['4.7', 'PASS', dockerfile('FROM fedora:41', 'RUN dnf -y update openssl', 'CMD ["app"]')],
  ['4.7', 'PASS', debian('RUN curl -fsSL https://example.org/install.sh | bash -s -- --yes now')],
  ['4.7', 'FAIL', debian('RUN apt-get update', 'RUN apt-get install -y curl')],
  ['4.7', 'FAIL', debian('RUN apt-get update -o Acquire::Retries=3', 'RUN apt-get install -y curl')],
  ['4.7', 'FAIL', debian('RUN apt-get update && apt-get -y upgrade && pip install flask')],
  ['4.7', 'FAIL', debian('RUN ["apt-get", "-y", "update"]')],
  ['4.7', 'FAIL', debian('RUN ["sh", "-c", "apt-get update"]')],
  ['4.7', 'FAIL', dockerfile('FROM alpine:3.20', 'RUN apk update', 'RUN apk add curl', 'CMD ["app"]')],
  ['4.7', 'FAIL', dockerfile('FROM fedora:41', 'RUN yum -y update', 'CMD ["app"]')],
  // A stage of the build is cached as well.
  [
    '4.7',
    'FAIL',
    dockerfile('FROM debian:12 AS build', 'RUN apt update', 'FROM debian:12', 'COPY --from=build /a /a'),
  ],
  ['4.7', 'UNDECIDABLE', debian('COPY setup.sh /', 'RUN /setup.sh')],
  ['4.7', 'UNDECIDABLE', debian('RUN apt-get update && /setup.sh')],
  ['4.7', 'UNDECIDABLE', debian('RUN apt-get $WHAT')],
  ['4.7', 'UNDECIDABLE', debian('ARG PM=apt-get', 'RUN $PM update')],
  ['4.7', 'UNDECIDABLE', debian('RUN python3 <<EOF', 'import os; os.system("apt-get update")', 'EOF')],
];

const IMAGES: readonly Row[] = [
  ...UPDATES,
  // Its entrypoint gives root up, which an audit of the image does not see.
  [
    '4.1',
    'PARTIAL',
    {
      ...dockerfile('FROM debian:12', 'COPY start.sh /start.sh', 'ENTRYPOINT ["/start.sh"]'),
      'start.sh': '#!/bin/sh\nexec gosu app "$@"\n',
    },
  ],
  ['4.2', 'FAIL', dockerfile('FROM node:lts-slim', 'CMD ["app"]')],
  ['4.2', 'UNDECIDABLE', dockerfile('FROM gcr.io/distroless/static-debian12:nonroot', 'CMD ["app"]')],
  ['4.2', 'UNDECIDABLE', dockerfile('ARG BASE', 'FROM $BASE', 'CMD ["app"]')],
  // Which packages are needed is for a person; compilers of the base image are not.
  ['4.3', 'UNDECIDABLE', dockerfile('FROM debian:12-slim', 'CMD ["app"]')],
  [
    '4.3',
    'FAIL',
    dockerfile('FROM node:22 AS build', 'FROM node:22', 'COPY --from=build /a /a', 'CMD ["app"]'),
  ],
  [
    '4.3',
    'FAIL',
    dockerfile(
      'FROM debian:12 AS build',
      'FROM debian:12',
      'RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*',
      'CMD ["app"]',
    ),
  ],
  // What takes no package away says nothing of set-user-ID bits, for root neither.
  ['4.8', 'FAIL', dockerfile('FROM debian:12', 'CMD ["bash"]')],
  ['4.8', 'FAIL', debian('RUN find / -xdev -perm /6000 -type f')],
  ['4.8', 'PASS', debian('RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +')],
  ['4.8', 'PASS', dockerfile('FROM scratch', 'COPY app /app', 'CMD ["/app"]')],
  ['4.8', 'UNDECIDABLE', dockerfile('FROM example.org/app:1', 'CMD ["app"]')],
  // Left on purpose: COPY would not unpack it.
  ['4.9', 'PARTIAL', dockerfile('FROM debian:12', 'ADD app.tar.gz /app/')],
  ['4.11', 'PASS', debian('RUN apt-get update && apt-get install -y curl')],
  ['4.11', 'PASS', debian('RUN curl -o a https://example.org/a && echo "00  a" | sha256sum -c -')],
  [
    '4.11',
    'PASS',
    debian('RUN curl -fsSL https://example.org/key.asc | gpg --dearmor -o /etc/apt/keyrings/a.gpg'),
  ],
  ['4.11', 'FAIL', debian('RUN apt-get install -y --allow-unauthenticated app')],
  ['4.11', 'FAIL', dockerfile('FROM alpine:3.20', 'RUN apk add --allow-untrusted app.apk')],
  ['4.11', 'FAIL', debian('ADD https://example.org/app /usr/bin/app')],
  ['4.11', 'UNDECIDABLE', debian('RUN curl -fsSLo /usr/bin/app https://example.org/app')],
  ['4.11', 'UNDECIDABLE', debian('RUN wget -qO- https://example.org/app.tgz | tar xz')],
  ['4.11', 'PASS', debian('RUN curl -f http://localhost/ -o /dev/null')],
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

const OTHERS: readonly (readonly [id: string, status: Status, files: Tree])[] = [
  // What is passed on is written in no file, and stands in the environment all the same.
  ['OWASP-Docker-12', 'FAIL', compose('environment: { API_TOKEN: "${API_TOKEN}" }')],
  ['OWASP-Docker-12', 'PASS', compose('environment: { API_TOKEN_FILE: /run/secrets/token }')],
  ['PCI-DSS-8.6.2', 'PASS', compose('image: postgres:16', 'environment: ["POSTGRES_PASSWORD=${PW:?}"]')],
  ['PCI-DSS-8.6.2', 'FAIL', compose('image: postgres:16', 'environment: ["POSTGRES_PASSWORD=tr0ub4dor"]')],
  // Nothing here says what may leave the container.
  ['NIST-800-190-4.4.2', 'UNDECIDABLE', compose()],
  ['NIST-800-190-4.1.5', 'UNDECIDABLE', compose()],
  [
    'NIST-800-190-4.3.3',
    'UNDECIDABLE',
    {
      'compose.yml':
        'services:\n  db:\n    image: postgres:16\n    networks: [all]\n  web:\n    image: web:1\n    networks: [all]\nnetworks:\n  all:\n',
    },
  ],
  [
    'NIST-800-190-4.3.3',
    'PASS',
    {
      'compose.yml':
        'services:\n  db:\n    image: postgres:16\n    networks: [data]\n  web:\n    image: web:1\n    networks: [data]\n    environment: { DB_HOST: db }\nnetworks:\n  data:\n',
    },
  ],
];

test.each(OTHERS)('%s is %s', (id, status, files) => {
  expect([statusNow(files, id), files]).toEqual([status, files]);
});

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

  test('each verdict that is no open question cites a line, of the service or of FROM where nothing else is', () => {
    const files = { ...compose(), ...dockerfile(...NODE, 'CMD ["node", "index.js"]') };
    const judged = [...controlsOf(files).values()].flatMap(({ states }) => states.before.judged);
    const uncited = judged.filter(
      ({ verdict }) => verdict.kind !== 'unknown' && !verdict.evidence.some((item) => 'file' in item),
    );
    expect(uncited).toEqual([]);
    const memory = judged.find(({ check }) => check.name === 'memory-limit')?.verdict;
    expect(memory).toMatchObject({ evidence: [{ file: 'docker-compose.yml', line: 2, text: 'app:' }] });
  });

  test('whatever can stay open says what decides it', () => {
    const open = compose(
      'network_mode: "${A}"',
      'pid: "${A}"',
      'ipc: "${A}"',
      'uts: "${A}"',
      'userns_mode: "${A}"',
      'privileged: "${A}"',
      'read_only: "${A}"',
      'restart: "${A}"',
      'image: "example.org/app:${A}"',
      'volumes: ["${A}:/a"]',
      'ports: ["${A}:${B}:80"]',
      'ulimits: { nofile: 65536 }',
      'cap_drop: [ALL]',
      'security_opt: ["no-new-privileges:true"]',
    );
    const image = dockerfile('ARG BASE', 'FROM $BASE', 'COPY setup.sh /', 'RUN /setup.sh', 'RUN wget $URL');
    const controls = [...controlsOf({ ...open, ...image }).values()];
    const unsaid = controls.filter(
      ({ control, states }) =>
        control.undecided === undefined &&
        states.before.judged.some(({ verdict }) => verdict.kind === 'unknown'),
    );
    expect(unsaid.map(({ control }) => control.id)).toEqual([]);
    expect(controls.filter(({ states }) => states.before.status === 'UNDECIDABLE').length).toBeGreaterThan(
      40,
    );
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
