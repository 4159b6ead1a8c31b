import { describe, expect, test } from '@jest/globals';
import { isTrusted } from '../src/io/trust.js';
import { folderOf, get, harden, put } from './support/cli.js';
import type { Tree } from './support/memory.js';

const COMPOSE = `services:
  agent:
    image: nginx:1.27
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
      - /etc:/host/etc
  cache:
    image: memcached:1.6
`;

/** A day that is over, and one that nobody who runs this lives to see. */
const PAST = '2020-01-01';
const FUTURE = '2999-12-31';

interface Finding {
  readonly id: string;
  readonly disposition: string;
  readonly subject: readonly string[];
  readonly message: string;
  readonly reason?: string;
  readonly phase: number;
  readonly evidence: readonly { readonly file?: string; readonly source?: string; readonly line?: number }[];
}

async function findingsIn(root: string, args: readonly string[] = []): Promise<readonly Finding[]> {
  const { stdout } = await harden(root, ['--output', 'json', ...args]);
  const { files } = JSON.parse(stdout) as { files: readonly { findings: readonly Finding[] }[] };
  return files.flatMap(({ findings }) => findings);
}

function withConfig(config: string): Tree {
  return { 'docker-compose.yml': COMPOSE, 'harden.config.yml': config };
}

describe('what a project sets of transforms', () => {
  const CONFIG = `phase: 1
transforms:
  compose/limit-cpus: off
  compose/no-new-privileges: { phase: 3 }
  compose/limit-pids: { limit: 300 }
overrides:
  - file: docker-compose.yml
    service: cache
    transforms:
      compose/limit-pids: { limit: 99 }
`;

  test('holds in every run, and the command line goes before it', async () => {
    const root = folderOf(withConfig(CONFIG));
    const found = await findingsIn(root);
    expect(found.some(({ id }) => id === 'compose/limit-cpus')).toBe(false);
    expect(found.filter(({ id }) => id === 'compose/no-new-privileges').map(({ phase }) => phase)).toEqual([
      3, 3,
    ]);
    // Phase 1 leaves what needs testing for later.
    expect(found.find(({ id }) => id === 'compose/limit-restarts')?.disposition).toBe('later');
    const phase2 = await findingsIn(root, ['--phase', '2']);
    expect(phase2.find(({ id }) => id === 'compose/limit-restarts')?.disposition).toBe('applied');
  });

  test('an option is cited with its line, and a service has its own', async () => {
    const own = COMPOSE.replace('nginx:1.27', 'example/agent:1').replace('memcached:1.6', 'example/cache:1');
    const root = folderOf({ ...withConfig(CONFIG), 'docker-compose.yml': own });
    await harden(root, ['--write', '--phase', '2']);
    const hardened = get(root, 'docker-compose.hardened.yml');
    expect(hardened.match(/pids_limit: \d+/g)).toEqual(['pids_limit: 300', 'pids_limit: 99']);
    const found = (await findingsIn(root)).filter(({ id }) => id === 'compose/limit-pids');
    expect(found.map(({ evidence }) => evidence[0])).toEqual([
      expect.objectContaining({ file: 'harden.config.yml', line: 5 }),
      expect.objectContaining({ file: 'harden.config.yml', line: 10 }),
    ]);
  });

  test('a need that is documented goes before it', async () => {
    const tree = {
      'docker-compose.yml': 'services:\n  db:\n    image: elasticsearch:8.15.0\n',
      'harden.config.yml': 'transforms: { compose/limit-pids: { limit: 20 } }\n',
    };
    const root = folderOf(tree);
    await harden(root, ['--write']);
    expect(get(root, 'docker-compose.hardened.yml')).not.toContain('pids_limit: 20');
  });
});

describe('where a config may stand', () => {
  const SKIP = { overrides: [{ file: '**', skip: ['compose'], reason: 'not now' }] };

  test.each([
    ['harden.config.js', 'module.exports = CONFIG;'],
    ['harden.config.mjs', 'export default Promise.resolve(CONFIG);'],
    ['harden.config.cjs', 'module.exports = CONFIG;'],
  ])('%s is run', async (name, program) => {
    const source = program.replace('CONFIG', JSON.stringify(SKIP));
    const root = folderOf({ 'docker-compose.yml': COMPOSE, [name]: source });
    expect(await harden(root, ['--check'])).toMatchObject({ code: 0, stderr: '' });
    const left = (await findingsIn(root)).find(({ id }) => id === 'compose/limit-pids');
    expect(left).toMatchObject({ disposition: 'accepted', reason: `left out by ${name}: not now` });
    expect(await harden(root, ['--check', '--no-config'])).toMatchObject({ code: 1 });
  });

  test.each([
    ['throw new Error("no luck")', 'harden.config.mjs could not be run: no luck'],
    ['export const config = {};', 'harden.config.mjs exports no config: write export default { … }'],
    ['export default { phase: 7 }', 'harden.config.mjs: phase must be 1, 2 or 3'],
    ['export default { phse: 1 }', 'harden.config.mjs: unknown key phse: did you mean phase?'],
  ])('a program that is none: %s', async (program, reason) => {
    const root = folderOf({ 'docker-compose.yml': COMPOSE, 'harden.config.mjs': program });
    const { code, stderr } = await harden(root, ['--write']);
    expect([code, stderr]).toEqual([2, `harden: ${reason}\n`]);
    expect(() => get(root, 'docker-compose.hardened.yml')).toThrow();
  });

  test('a program of another user is not run unasked', () => {
    expect([isTrusted(1000, 1000), isTrusted(0, 1000), isTrusted(1000, undefined)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([isTrusted(1001, 1000), isTrusted(1000, 0)]).toEqual([false, false]);
  });

  test('the key harden of package.json, with its line', async () => {
    const text = `{\n  "name": "harden",\n  "harden": ${JSON.stringify(SKIP)}\n}\n`;
    const root = folderOf({ 'docker-compose.yml': COMPOSE, 'package.json': text });
    expect(await harden(root, ['--check'])).toMatchObject({ code: 0, stderr: '' });
    const left = (await findingsIn(root)).find(({ id }) => id === 'compose/limit-pids');
    expect(left?.evidence[0]).toMatchObject({ file: 'package.json', line: 3 });
    put(root, 'package.json', text.replace('"skip"', '"skp"'));
    const { code, stderr } = await harden(root, ['--check']);
    expect([code, stderr]).toEqual([2, 'harden: package.json:3: unknown key skp: did you mean skip?\n']);
    put(root, 'package.json', '{ "name": "harden" }');
    expect(await harden(root, ['--check'])).toMatchObject({ code: 1, stderr: '' });
    put(root, 'package.json', '{ "harden": ');
    expect(await harden(root, ['--check'])).toMatchObject({ code: 1, stderr: '' });
  });

  test('two of them are refused', async () => {
    const root = folderOf({
      ...withConfig('phase: 1\n'),
      'package.json': '{ "harden": { "phase": 2 } }',
    });
    expect(await harden(root, [])).toMatchObject({
      code: 2,
      stderr: 'harden: harden.config.yml and package.json are both there: put all into one\n',
    });
  });
});

/** @returns a config that accepts the mounts of the agent. */
function accepting(expires: string, more = ''): string {
  return `accept:
  - transform: compose/report-sensitive-mounts
    file: docker-compose.yml
    service: agent
    reason: it restarts the others
    expires: ${expires}
${more}`;
}

describe('an accepted risk', () => {
  const ID = 'compose/report-sensitive-mounts';

  test('is told as one, with who says so and until when', async () => {
    const root = folderOf(withConfig(accepting(FUTURE)));
    const found = (await findingsIn(root)).filter(({ id }) => id === ID);
    expect(found.length).toBeGreaterThan(1);
    for (const finding of found) {
      expect(finding).toMatchObject({
        disposition: 'accepted',
        reason: `accepted until ${FUTURE} by harden.config.yml:2: it restarts the others`,
      });
    }
    expect((await harden(root, [])).stderr).toBe('');
  });

  test('may be one finding of several', async () => {
    const root = folderOf(withConfig(accepting(FUTURE, '    contains: docker.sock\n')));
    const found = (await findingsIn(root)).filter(({ id }) => id === ID);
    expect(found.filter(({ disposition }) => disposition === 'accepted')).toHaveLength(1);
    expect(found.some(({ disposition }) => disposition === 'manual')).toBe(true);
  });

  test('that has had its day counts again, and fails a check that has nothing else to say', async () => {
    const skip = 'overrides:\n  - file: "**"\n    skip: [systemd, dockerfile]\n';
    const root = folderOf(withConfig(accepting(PAST) + skip));
    const found = (await findingsIn(root)).filter(({ id }) => id === ID);
    expect(found.every(({ disposition }) => disposition === 'manual')).toBe(true);
    const { code, stderr } = await harden(root, ['--check', '--only', ID]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `harden: harden.config.yml:2: ${ID} in docker-compose.yml was accepted until ${PAST}: decide anew, or name a later day\n`,
    );
    // Only a check fails.
    expect((await harden(root, ['--only', ID])).code).toBe(0);
  });

  test('that nothing is found for is told', async () => {
    const root = folderOf(withConfig(accepting(FUTURE, '    contains: /nowhere\n')));
    const { stderr } = await harden(root, []);
    expect(stderr).toBe(
      `harden: harden.config.yml:2: ${ID} finds nothing like it in agent of docker-compose.yml; what is accepted has no effect\n`,
    );
    // A run over a part can't tell.
    expect((await harden(root, ['--only', 'compose/limit-pids'])).stderr).toBe('');
    expect((await harden(root, ['--format', 'dockerfile'])).stderr).toBe('');
  });

  test('of a fix leaves the change out', async () => {
    const config = `accept:
  - { transform: limit-pids, file: "*.yml", service: cache, reason: forks, expires: "${FUTURE}" }
`;
    const root = folderOf(withConfig(config));
    await harden(root, ['--write']);
    expect(get(root, 'docker-compose.hardened.yml').match(/pids_limit/g)).toHaveLength(1);
  });
});
