import { describe, expect, test } from '@jest/globals';
import { folderOf, get, harden, put, treeOf } from './support/cli.js';
import { CTRL_C, CTRL_D, noTerminal, sitDown, UP, type Person } from './support/terminal.js';

const COMPOSE = `services:
  web:
    image: nginx:1.27
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: correct-horse
`;
const ONLY = ['--only', 'compose/no-new-privileges,compose/limit-pids,compose/rotate-logs'];
const [PRIVILEGES, PIDS] = ['security_opt:\n      - no-new-privileges:true', 'pids_limit: 1024'];

const missing = noTerminal();
// The reason stands where the tests would.
const onTerminal = missing === undefined ? describe : describe.skip;
if (missing !== undefined) process.stderr.write(`cli-interactive: no pseudo-terminal: ${missing}\n`);

/** The options with which a person reviews a folder, without colours. */
function review(root: string, args: readonly string[], more: Parameters<typeof sitDown>[2] = {}): Person {
  return sitDown(root, ['--interactive', ...args], { ...more, env: { NO_COLOR: '1', ...more.env } });
}

/** Answers the questions that are seen at these places. */
async function answer(
  person: Person,
  ...pairs: readonly (readonly [place: string, key: string])[]
): Promise<void> {
  for (const [place, key] of pairs) {
    await person.see(new RegExp(`\\(${place}\\)[^\\n]*\\]\\? `));
    person.type(key);
  }
}

onTerminal('a review', () => {
  test('goes through every key', async () => {
    const root = folderOf({
      'docker-compose.yml': COMPOSE,
      'a/compose.yml': COMPOSE,
      'b/compose.yml': COMPOSE,
      'c/compose.yml': COMPOSE,
      'd/compose.yml': COMPOSE,
    });
    const person = review(root, ONLY, { env: { VISUAL: 'sed -i s/1024/77/' } });
    expect(await person.see('docker-compose.yml  6 changes')).not.toContain('?');
    const diff = await person.see(/\(1\/6\) Make this change \[y,n,q,a,d,A,D,j,J,e,w,x,p,\?\]\? /);
    // The diff, what it is, why, and the risk.
    expect(diff).toContain('+    security_opt:\r\n+      - no-new-privileges:true\r\n');
    expect(diff).toMatch(/phase \d {2}(un)?safe +web: security_opt/);
    expect(diff).toContain('(compose/no-new-privileges)');
    expect(diff).toContain('may break ');

    person.type('?');
    await person.see('e - edit this change');
    await answer(person, ['1/6', 'w']);
    await person.see('controls  CIS-Docker-');
    await answer(person, ['1/6', 'x']);
    await person.see('compose/no-new-privileges: ');
    await answer(person, ['1/6', 'p']);
    expect(await person.see(/\(1\/6\).*\? /)).toContain('+    security_opt:');
    person.type('z');
    await person.see('"z" does nothing here');
    await answer(person, ['1/6', 'k']);
    await person.see('No change before this one is open.');
    await answer(
      person,
      ['1/6', ''],
      ['1/6', 'J'],
      ['2/6', 'K'],
      ['1/6', 'j'],
      ['2/6', 'k'],
      ['1/6', 'n'],
      ['2/6', 'K'],
    );
    await answer(person, ['1/6, skipped', 'y'], ['2/6', 'e'], ['3/6', 'K']);
    expect(await person.see('(2/6, edited)')).toContain('+    pids_limit: 77');
    person.type('J');
    await answer(person, ['3/6', 'd'], ['4/6', 'a'], ['5/6', 'y']);
    await person.see('wrote         docker-compose.yml  4 made, 2 skipped');
    // What was answered for a transform is answered in the files that follow.
    await answer(person, ['2/6', 'A']);
    await person.see('wrote         a/compose.yml  4 made, 2 skipped');
    await answer(person, ['2/6', 'D']);
    await person.see('wrote         b/compose.yml  2 made, 4 skipped');
    await answer(person, ['2/6', 'q']);
    await person.see('wrote         c/compose.yml  2 made, 2 skipped, 2 left open');
    await person.see('12 changes made in 4 files, 10 skipped, 2 left open.');
    // Not all was asked about: what was skipped can be left out in its files alone.
    await person.see('can leave out from now on what was skipped:');
    await person.see(/\(1\/\d+\) Save [\w/-]+: skip for /);
    person.type('d');
    expect(await person.end()).toBe(0);

    expect(get(root, 'docker-compose.yml')).toBe(`services:
  web:
    image: nginx:1.27
    ${PRIVILEGES}
    pids_limit: 77
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: correct-horse
    ${PRIVILEGES}
    ${PIDS}
`);
    expect(get(root, 'a/compose.yml').match(/pids_limit/g)).toHaveLength(2);
    expect(get(root, 'b/compose.yml')).not.toMatch(/pids_limit|logging/);
    expect(get(root, 'c/compose.yml').match(/no-new-privileges/g)).toHaveLength(2);
    expect(get(root, 'd/compose.yml')).toBe(COMPOSE);
    expect(Object.keys(treeOf(root))).toHaveLength(5);
    // Secrets are masked, whatever is shown.
    expect(person.shown).toContain('POSTGRES_PASSWORD: ********');
    expect(person.shown).not.toContain('correct-horse');
    expect(person.shown).not.toContain('\u001b[');
  });

  test('reads single keys where git does', async () => {
    const root = folderOf({ 'compose.yml': COMPOSE });
    const env = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'interactive.singleKey',
      GIT_CONFIG_VALUE_0: 'true',
    };
    const person = review(root, ONLY, { env, shell: 'stty -g; harden; stty -g' });
    const [before] = /^[\da-f:]+/m.exec(await person.see(/\(1\/6\).*\? /)) ?? [];
    person.press(`${UP}y`);
    await person.see(/\(2\/6\).*\? /);
    person.press('nz');
    await person.see('"z" does nothing here');
    await person.see(/\(3\/6\).*\? /);
    person.press(CTRL_D);
    await person.see('wrote         compose.yml  1 made, 1 skipped, 4 left open');
    // The terminal is as it was.
    await person.see(`${before ?? 'none'}\r\n`);
    expect(await person.end()).toBe(0);
    expect(get(root, 'compose.yml')).toBe(COMPOSE.replace('nginx:1.27', `nginx:1.27\n    ${PRIVILEGES}`));
  });

  test.each([
    ['by the line', 'false'],
    ['by the key', 'true'],
  ])('that is interrupted leaves what was finished, and nothing half done (%s)', async (_, singleKey) => {
    const root = folderOf({ 'compose.yml': COMPOSE, 'z/compose.yml': COMPOSE });
    const env = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'interactive.singleKey',
      GIT_CONFIG_VALUE_0: singleKey,
    };
    const person = review(root, ONLY, {
      env,
      shell: 'trap : INT; stty -g; harden; code=$?; stty -g; exit $code',
    });
    const [before] = /^[\da-f:]+/m.exec(await person.see(/\(1\/6\).*\? /)) ?? [];
    const enter = singleKey === 'true' ? '' : '\n';
    person.press(`A${enter}`);
    await person.see(/wrote +compose.yml {2}6 made/);
    await person.see(/\(1\/6\).*\? /);
    person.press(`y${enter}`);
    await person.see(/\(2\/6\).*\? /);
    person.press(CTRL_C);
    await person.see('interrupted; compose.yml stays as it was written, and all else is as it was.');
    await person.see(`${before ?? 'none'}\r\n`);
    expect(await person.end()).toBe(130);
    expect(get(root, 'compose.yml')).toContain('pids_limit');
    expect(get(root, 'z/compose.yml')).toBe(COMPOSE);
    expect(Object.keys(treeOf(root))).toHaveLength(2);
  });

  test('saves what was skipped, and asks about it no more', async () => {
    const root = folderOf({ 'compose.yml': COMPOSE });
    const first = review(root, ONLY);
    await answer(first, ['1/6', 'y'], ['2/6', 'n'], ['3/6', 'd'], ['4/6', 'A']);
    await first.see('harden.config.yml can leave out from now on what was skipped:');
    await first.see('(1/2) Save compose/limit-pids: skip for web of compose.yml [y,n,a,d,?]? ');
    first.type('?');
    await first.see('a - save this and all that are left, for one reason');
    first.type('y');
    await first.see('Why ');
    first.type('the pool forks: a lot');
    await first.see('(2/2) Save compose/rotate-logs: off for the whole project [y,n,a,d,?]? ');
    first.type('a');
    await first.see('Why ');
    first.type('');
    await first.see('wrote         harden.config.yml  2 choices saved');
    expect(await first.end()).toBe(0);
    const config = get(root, 'harden.config.yml');
    expect(config).toContain(`overrides:
  - file: compose.yml
    service: web
    skip: [compose/limit-pids]
    reason: "the pool forks: a lot"
transforms:
  compose/rotate-logs: off # skipped in harden --interactive on `);

    const second = review(root, ONLY);
    await second.see('There is nothing to ask: harden would change nothing here.');
    expect(await second.end()).toBe(0);
  });

  test('gives the text for a config that harden does not edit', async () => {
    const root = folderOf({
      'compose.yml': COMPOSE,
      'package.json': '{ "harden": { "phase": 2 } }\n',
    });
    const person = review(root, ['--only', 'compose/limit-pids']);
    await answer(person, ['1/2', 'n'], ['2/2', 'y'], ['1/1', 'y']);
    await person.see('Why ');
    person.type('forks');
    await person.see('To be added to package.json by hand, as harden does not edit it:');
    await person.see(
      '- { "file": "compose.yml", "service": "web", "skip": ["compose/limit-pids"], "reason": "forks" }',
    );
    expect(await person.end()).toBe(0);
  });

  test('asks again about an edit that leaves no file of its format', async () => {
    const root = folderOf({ 'compose.yml': COMPOSE });
    const person = review(root, ['--only', 'compose/limit-pids'], {
      env: { EDITOR: 'sed -i s/1024/[1024/' },
    });
    await answer(person, ['1/2', 'e']);
    await person.see("The edited change can't be made: the result does not parse: line 5:");
    await person.see('Edit again (n: the change stays as it was) [y,n]? ');
    person.type('y');
    await person.see('Edit again (n: the change stays as it was) [y,n]? ');
    person.type('n');
    expect(await person.see(/\(1\/2\).*\? /)).toContain('+    pids_limit: 1024');
    person.type('q');
    await person.see('0 changes made, 0 skipped, 2 left open.');
    expect(await person.end()).toBe(0);
    expect(treeOf(root)).toEqual({ 'compose.yml': COMPOSE });
  });

  test('plans anew what follows from a change of structure that is skipped', async () => {
    const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY package.json ./\nADD src ./src\nCMD node src/x.js\n';
    const root = folderOf({ Dockerfile: dockerfile, 'package.json': '{}', 'src/x.js': '' });
    const only = ['--only', 'exec-form-command,add-init,copy-instead-of-add'];
    const taken = (first: string): Promise<string> => {
      put(root, 'Dockerfile', dockerfile);
      const person = review(root, only);
      return answer(person, ['1/\\d', first], ['2/\\d', 'A'])
        .then(() => person.see(/wrote|can leave out/))
        .then(() => {
          person.press(CTRL_D);
          return person.end();
        })
        .then(() => get(root, 'Dockerfile'));
    };
    expect(await taken('y')).toContain('CMD ["node", "src/x.js"]');
    const without = await taken('n');
    expect(without).toContain('CMD node src/x.js');
    expect(without).toContain('COPY src ./src');
  });
});

onTerminal('a review with --write', () => {
  const TREE = {
    'compose.yml': 'services:\n  app:\n    build: ./app\n',
    'app/Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD node x.js\n',
    'app/.env': 'TOKEN=1\n',
    'app/fly.toml': 'app = "x"\n[build]\n  dockerfile = "Dockerfile"\n',
  };
  const only = ['exec-form-command', 'complete-dockerignore', 'no-new-privileges'].join();
  const ARGS = ['--write', '--format', 'compose,dockerfile', '--only', only];

  test('writes variants with what was accepted, and links them', async () => {
    const root = folderOf(TREE);
    const person = review(root, ARGS, { env: { GIT_EDITOR: 'false' } });
    await answer(person, ['1/1', 'n']);
    await person.see(/left alone +compose.yml {2}1 skipped/);
    await answer(person, ['1/1', 'y']);
    await person.see(/wrote +app\/Dockerfile.hardened {2}1 made/);
    await person.see('app/Dockerfile.hardened.dockerignore  new, 1 change');
    await person.see('Write this file [');
    person.type('y');
    await person.see(/wrote +app\/Dockerfile.hardened.dockerignore/);
    await person.see('app/fly.hardened.toml  1 change');
    await answer(person, ['1/1', 'e']);
    await person.see('the editor (false) ended with 1; the change stays as it was.');
    await answer(person, ['1/1', 'x']);
    await person.see('goes on building what was there before');
    await answer(person, ['1/1', 'y']);
    await person.see(/wrote +app\/fly.hardened.toml/);
    // Its own change was skipped: it builds from what was made after it.
    await person.see(/wrote +compose.hardened.yml/);
    await person.see('3 changes made in 3 files, 1 skipped.');
    await person.see('Save compose/no-new-privileges');
    person.type('d');
    expect(await person.end()).toBe(0);
    const tree = treeOf(root);
    expect(tree['app/Dockerfile.hardened']).toContain(
      'CMD ["node", "x.js"]\n# Written by harden from Dockerfile; ',
    );
    expect(tree['app/fly.hardened.toml']).toContain('dockerfile = "Dockerfile.hardened"');
    expect(tree['compose.hardened.yml']).toContain('dockerfile: Dockerfile.hardened');
    expect(tree['compose.hardened.yml']).not.toContain('no-new-privileges');
    expect(tree).toMatchObject(TREE);
    expect(Object.keys(tree)).toHaveLength(8);
  });

  test('asks nothing about a variant that somebody has edited', async () => {
    const root = folderOf({ ...TREE, 'compose.hardened.yml': 'services: {}\n' });
    const person = review(root, [...ARGS, '--only', 'no-new-privileges', 'compose.yml']);
    await person.see(/not written +compose.hardened.yml +was not written by harden; --force replaces it/);
    expect(await person.end()).toBe(2);
    expect(person.shown).not.toContain('Make this change');
  });
});

describe('what does not go with it', () => {
  test.each([
    [['--check'], 'mutually exclusive'],
    [['--dry-run'], 'mutually exclusive'],
    [['--jobs', '2'], 'mutually exclusive'],
    [['--output-file', 'json=x.json'], 'mutually exclusive'],
    [['--output', 'json'], '--output json does not go with it'],
    [[], 'asks on a terminal: standard input and output must both be one'],
  ])('%j', async (args, message) => {
    const root = folderOf({ 'compose.yml': COMPOSE });
    const { code, stderr, stdout } = await harden(root, ['-i', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(treeOf(root)).toEqual({ 'compose.yml': COMPOSE });
  });
});
