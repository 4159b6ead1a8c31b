import { describe, expect, test } from '@jest/globals';
import { completedCommands } from '../src/completion/model.js';
import { commands } from '../src/cli/commands/index.js';
import { call } from '../src/io/process.js';
import { packageRoot } from '../src/io/package.js';
import { folderOf, harden } from './support/cli.js';
import { testWith } from './support/installed.js';

const withGroff = await testWith('groff');

const known = completedCommands(commands);

describe.each(commands.map((command) => [command.name ?? 'harden', command] as const))(
  '%s',
  (name, command) => {
    test('has examples, with options and values that there are', () => {
      expect(command.examples.length).toBeGreaterThan(0);
      for (const [line] of command.examples) {
        const [, typed] = /\$0( [^|>)]*|$)/.exec(line) ?? [];
        expect([line, typed]).toEqual([line, expect.any(String)]);
        const words = typed!.trim().split(/\s+/);
        // One of a run stands with what makes use of it: harden baseline, and harden --check from then on.
        const of = known.find((one) => one.name === words[0]) ?? known.find((one) => one.name === '')!;
        // What stands after -- is a command of the user's own.
        const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
        for (const [at, word] of own.entries()) {
          if (!word.startsWith('--')) continue;
          const option = of.options.find(
            ({ flag }) => flag === word.split('=')[0] || flag === word.replace('--no-', '--'),
          );
          expect([line, word, option?.flag]).toEqual([line, word, expect.any(String)]);
          const { values } = option!;
          if (values.kind === 'words' && !values.list) expect(values.words).toContain(words[at + 1]);
        }
      }
    });

    test('shows them in its help, which is no error', async () => {
      const { code, stdout } = await harden(
        folderOf(),
        command.name === undefined ? ['--help'] : [name, '--help'],
      );
      expect(code).toBe(0);
      // A long one is wrapped in its column.
      for (const word of command.examples.flatMap(([line]) => line.replaceAll('$0', 'harden').split(' '))) {
        expect(stdout).toContain(word);
      }
    });
  },
);

test.each([
  [['--output', 'jsno'], 'not jsno. Did you mean json?'],
  [['--phase', '4'], '--phase takes 1, 2, 3, not 4.'],
  [['init', '--ci', 'gitub'], 'Did you mean github?'],
  [['--ouput', 'json'], 'Did you mean --output?'],
  [['pr', '--no-pul'], 'Did you mean --no-pull-request?'],
  [['pr', '--no-pus'], 'Did you mean --no-push?'],
  [['--no-confg'], 'Did you mean --no-config?'],
  [['--no-colr'], 'Did you mean --no-color?'],
  [['--only', 'compose/limit-pid'], 'Did you mean compose/limit-pids?'],
  [['--format', 'compos'], 'Did you mean compose?'],
  [['verfy'], 'did you mean the command verify?'],
])('%j suggests what was meant', async (args, said) => {
  const { code, stdout, stderr } = await harden(folderOf(), args);
  expect(code).toBe(2);
  expect(stdout + stderr).toContain(said);
});

withGroff('the manual page is sound roff, and has every command and option', async () => {
  const { code, stdout, stderr } = await call(
    'groff',
    ['-man', '-Tascii', '-P-cbou', '-ww', 'man/harden.1'],
    { cwd: packageRoot() },
  );
  expect([code, stderr]).toEqual([0, '']);
  for (const { name, options } of known) {
    expect(stdout).toContain(name);
    for (const { flag } of options) if (!flag.startsWith('--no-')) expect(stdout).toContain(flag);
  }
});
