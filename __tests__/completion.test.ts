import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commands } from '../src/cli/commands/index.js';
import { call } from '../src/io/process.js';
import { folderOf, harden, MAIN } from './support/cli.js';
import { testWith } from './support/installed.js';

// bash is everywhere that the tests run.
const [withFish, withZsh] = await Promise.all([testWith('fish'), testWith('zsh')]);

const TREE = { 'compose.yml': '', 'deploy/Dockerfile': '', 'my notes.txt': '' };
const NAMES = commands.flatMap(({ name }) => name ?? []);

async function scriptFor(shell: string, root: string): Promise<string> {
  const { stdout } = await harden(root, ['completion', shell]);
  const path = join(root, `.harden.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

/** What bash offers for a line, its last word unfinished. */
async function inBash(root: string, script: string, words: readonly string[]): Promise<readonly string[]> {
  const program = `compopt() { :; }; source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _harden; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await call('bash', ['-c', program, 'bash', script, 'harden', ...words], {
    cwd: root,
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

const CASES: readonly (readonly [readonly string[], readonly string[], readonly string[]])[] = [
  // The words, some that are offered, and some that are not.
  [['ver'], ['verify'], ['report', 'compose.yml']],
  [['verify', '--set'], ['--settle'], ['--write']],
  [['--ph'], ['--phase'], ['--stage']],
  [['--phase', ''], ['1', '2', '3'], ['compose.yml']],
  [['verify', '--stage', 'b'], ['build'], ['static']],
  [['--output', 's'], ['sarif'], ['text']],
  [['--only', 'compose/limit-p'], ['compose/limit-pids'], ['quadlet/limit-pids']],
  [['explain', 'compose/limit-p'], ['compose/limit-pids'], ['compose.yml']],
  [['explain', 'im'], ['image'], []],
  [['completion', ''], ['bash', 'zsh', 'fish'], ['compose.yml']],
  [['init', '--ci', 'g'], ['github', 'gitlab'], ['none']],
  [['report', 'comp'], ['compose.yml'], ['completion']],
  [['verify', '--phase', '1', 'dep'], ['deploy'], []],
];

test.each(CASES)('bash completes %j', async (words, offered, others) => {
  const root = folderOf(TREE);
  const found = await inBash(root, await scriptFor('bash', root), words);
  expect(found).toEqual(expect.arrayContaining([...offered]));
  for (const other of others) expect(found).not.toContain(other);
});

describe('bash', () => {
  test('completes behind commas and equal signs, and commands only as the first word', async () => {
    const root = folderOf(TREE);
    const script = await scriptFor('bash', root);
    expect(await inBash(root, script, ['--only', 'compose/limit-pids,fly/pin'])).toEqual([
      'compose/limit-pids,fly/pin-image',
    ]);
    expect(await inBash(root, script, ['--phase', '=', ''])).toEqual(['1', '2', '3']);
    expect(await inBash(root, script, ['compose.yml', 'ver'])).toEqual([]);
    const first = await inBash(root, script, ['']);
    expect(first).toEqual(expect.arrayContaining([...NAMES, 'compose.yml', 'my notes.txt']));
  });

  test('completes in a real terminal', async () => {
    const root = folderOf(TREE);
    const script = await scriptFor('bash', root);
    const bin = folderOf({ harden: `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n` });
    chmodSync(join(bin, 'harden'), 0o755);
    const env = { PATH: `${bin}:${process.env.PATH ?? ''}`, PS1: '> ', TERM: 'dumb', NODE_OPTIONS: '' };
    const input = `source '${script}'\necho harden expl\t compose/limit-p\t\nharden expl\tcompose/limit-p\t\nexit\n`;
    const { stdout } = await call('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
      cwd: root,
      env,
      input,
    });
    expect(stdout).toContain('compose/limit-pids: Limit processes and threads');
  });
});

withFish.each(CASES)('fish completes %j', async (words, offered, others) => {
  const root = folderOf(TREE);
  const script = await scriptFor('fish', root);
  const line = ['harden', ...words].join(' ');
  const { stdout } = await call('fish', ['-c', `source ${script}; complete -C ${JSON.stringify(line)}`], {
    cwd: root,
    env: { HOME: root },
  });
  const found = stdout.split('\n').map((row) => row.split('\t')[0]!.replace(/\/$/, ''));
  expect(found).toEqual(expect.arrayContaining([...offered]));
  for (const other of others) expect(found).not.toContain(other);
});

/** Asks zsh in a terminal of its own, as nothing else can: https://zsh.sourceforge.io/Doc/Release/Zsh-Modules.html#The-zsh_002fzpty-Module */
const ASK_ZSH = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1='> '; autoload -U compinit; compinit -u -D; zstyle ':completion:*' list-prompt ''; LISTMAX=9999; source $1; zstyle ':completion:*:default' list-colors ''; bindkey '^I' complete-word; bindkey '^X' list-choices; print ready-1"
zpty -r z line '*ready-1*ready-1*'
zpty -n -w z "$2"$'\\x18'
sleep 2
while zpty -r -t z line; do print -rn -- "$line"; done
zpty -d z
`;

withZsh.each(CASES)('zsh completes %j', async (words, offered) => {
  const root = folderOf(TREE);
  const script = await scriptFor('zsh', root);
  const line = ['harden', ...words].join(' ');
  const { stdout } = await call('zsh', ['-f', '-c', ASK_ZSH, 'zsh', script, line], {
    cwd: root,
    env: { HOME: root, TERM: 'xterm', COLUMNS: '200' },
    timeout: 20_000,
  });
  for (const word of offered) expect(stdout).toContain(word);
});

test('another shell is refused', async () => {
  expect(await harden(folderOf(), ['completion', 'csh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('completion takes bash, zsh or fish, not csh'),
  });
});
