import { describe, expect, test } from '@jest/globals';
import { createRun, type FileOutcome, type RunOptions } from '../../src/harden.js';
import { memoryWorkspace, type Tree } from '../support/memory.js';

type Planned = Extract<FileOutcome, { kind: 'planned' }>;

/** The plan of the first file of a tree. */
function planned(tree: Tree, options: Partial<RunOptions> = {}): Planned {
  const run = createRun(memoryWorkspace(tree), { phase: 2, ...options });
  const [file] = run.files;
  const outcome = run.plan(file!);
  if (outcome.kind !== 'planned') throw new Error(outcome.reason);
  return outcome;
}

/** What became of a transform's findings, with their reasons. */
function outcomes({ plan }: Planned, id: string): readonly (readonly [string, string | undefined])[] {
  return plan.entries
    .filter(({ meta }) => meta.id === id)
    .map(({ disposition, reason }) => [disposition, reason] as const);
}

const COMPOSE = `services:
  # harden-ignore: compose/read-only-rootfs, limit-pids -- it writes plugins
  web:
    image: nginx:1.27
  cache:
    image: memcached:1.6
`;

describe('a comment in a Compose file', () => {
  test('leaves out what it names, of its service alone, and says why', () => {
    const outcome = planned({ 'compose.yml': COMPOSE });
    const ignored = ['accepted', 'ignored by compose.yml:2: it writes plugins'];
    expect(outcomes(outcome, 'compose/read-only-rootfs')).toEqual([ignored, ['applied', undefined]]);
    expect(outcomes(outcome, 'compose/limit-pids')).toEqual([ignored, ['applied', undefined]]);
    expect(outcome.plan.result.match(/read_only: true/g)).toHaveLength(1);
    expect(outcome.plan.entries.find(({ reason }) => reason === ignored[1])?.finding.evidence[0]).toEqual({
      file: 'compose.yml',
      line: 2,
      text: '# harden-ignore: compose/read-only-rootfs, limit-pids -- it writes plugins',
    });
    expect(outcome.notices).toEqual([]);
  });

  test('a secret in its reason is masked', () => {
    const outcome = planned({ 'compose.yml': COMPOSE.replace('it writes plugins', 'password=hunter22') });
    expect(JSON.stringify(outcome.plan.entries)).not.toContain('hunter22');
  });

  test.each([
    ['compose/limit-pid -- x', 'did you mean compose/limit-pids?'],
    ['compose/limit-pids', 'gives no reason'],
    [
      'compose/proxy-docker-socket -- x',
      'compose/proxy-docker-socket needs no comment here: it has no effect',
    ],
    ['limit-pids, proxy-docker-socket -- x', 'proxy-docker-socket needs no comment here: it has no effect'],
  ])('that has no effect is told: %s', (text, reason) => {
    const outcome = planned({ 'compose.yml': COMPOSE.replace(/compose\/read.*/, text) });
    expect(outcome.notices).toEqual([{ line: 2, reason: expect.stringContaining(reason) }]);
  });

  test('about a transform that does not run is not called useless', () => {
    const enabled = (id: string): boolean => id === 'compose/rotate-logs';
    expect(planned({ 'compose.yml': COMPOSE }, { enabled }).notices).toEqual([]);
  });
});

const DOCKERFILE = `# harden-ignore: dockerfile/run-as-non-root -- the platform sets a user
FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
CMD ["node", "dist/index.js"]
`;
const SOURCES: Tree = {
  'package.json': JSON.stringify({
    scripts: { build: 'tsc' },
    dependencies: { express: '4.19.2' },
    devDependencies: { typescript: '5.5.4' },
  }),
  'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: {} }),
  'dist/index.js': '',
};

describe('a comment in a Dockerfile', () => {
  test('above FROM holds for the stage that a conversion makes of it', () => {
    const outcome = planned({ Dockerfile: DOCKERFILE, ...SOURCES });
    expect(outcome.plan.result.match(/^FROM /gm)).toHaveLength(3);
    expect(outcomes(outcome, 'dockerfile/run-as-non-root')).toEqual([
      ['accepted', 'ignored by Dockerfile:1: the platform sets a user'],
    ]);
    expect(outcome.plan.result).not.toMatch(/^FROM node:22-slim[^]*^USER /m);
    expect(outcome.notices).toEqual([]);
  });

  test('of hadolint is understood, and never called useless', () => {
    const text =
      'FROM debian:12\n# hadolint ignore=DL3008,DL3015\nRUN apt-get update && apt-get install -y curl\n';
    const outcome = planned({ Dockerfile: text });
    expect(outcomes(outcome, 'dockerfile/no-install-recommends')).toEqual([
      ['accepted', 'hadolint ignores DL3015 here'],
    ]);
    expect(outcome.notices).toEqual([]);
  });

  test('may be about the ignore file beside it', () => {
    const text = DOCKERFILE.replace('run-as-non-root', 'complete-dockerignore');
    const run = createRun(memoryWorkspace({ Dockerfile: text, ...SOURCES }), { phase: 2 });
    expect(run.leavesOut('Dockerfile', 'dockerfile/complete-dockerignore')).toBe(true);
    const other = createRun(memoryWorkspace({ Dockerfile: DOCKERFILE, ...SOURCES }), { phase: 2 });
    expect(other.leavesOut('Dockerfile', 'dockerfile/complete-dockerignore')).toBe(false);
  });
});

test('a comment in a unit leaves its section alone', () => {
  const text =
    '; harden-ignore: systemd -- an appliance of its own\n[Service]\nExecStart=/usr/bin/node /srv/app.js\n';
  const { plan } = planned({ 'app.service': text });
  expect(plan.result).toBe(text);
  expect(plan.entries.length).toBeGreaterThan(5);
});
