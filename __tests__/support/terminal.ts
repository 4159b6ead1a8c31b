import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { afterEach } from '@jest/globals';
import { MAIN } from './command.js';

/** Runs `harden` in a pseudo-terminal of `script` (util-linux), and types what a person would. */
export interface Person {
  /** Waits until the terminal shows this, behind what was waited for before; returns what was shown up to its end. */
  see(what: string | RegExp): Promise<string>;
  /** Types without Enter. */
  press(keys: string): void;
  /** Types a line. */
  type(line: string): void;
  /** Waits for the end; a signal's number comes on top of 128. */
  end(): Promise<number>;
  /** All that was shown. */
  readonly shown: string;
}

export const [CTRL_C, CTRL_D, UP] = ['\u0003', '\u0004', '\u001b[A'];

/** Why there is no pseudo-terminal to be had here; undefined where there is one. */
export function noTerminal(): string | undefined {
  const { status, stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('util-linux') ? undefined : 'script of util-linux is not installed';
}

const sitting: ChildProcess[] = [];
afterEach(() => {
  // A test that failed has not come to its end.
  for (const child of sitting.splice(0)) child.kill();
});

const PATIENCE = 30_000;

/**
 * @param args words without white space or quotes.
 * @param shell what the shell does; `harden` stands for the program with its arguments.
 */
export function sitDown(
  cwd: string,
  args: readonly string[],
  { env = {}, shell = 'exec harden' }: { env?: Readonly<Record<string, string>>; shell?: string } = {},
): Person {
  const command = `stty cols 90 rows 40; ${shell.replaceAll('harden', `"$NODE" "$MAIN" ${args.join(' ')}`)}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: cwd,
      TERM: 'xterm',
      SHELL: '/bin/sh',
      NODE: process.execPath,
      MAIN,
      // The tests' own git config has no say.
      GIT_CONFIG_NOSYSTEM: '1',
      ...env,
    },
  });
  sitting.push(child);
  let shown = '';
  let seen = 0;
  let wake = (): void => undefined;
  let code: number | undefined;
  const hear = (text: string): void => {
    shown += text;
    wake();
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  child.stdin.on('error', () => undefined);
  child.on('close', (status) => {
    code = status ?? -1;
    wake();
  });
  const until = async <T>(answer: () => T | undefined, what: string): Promise<T> => {
    const timer = setTimeout(() => {
      wake();
    }, PATIENCE);
    const start = Date.now();
    try {
      for (;;) {
        const found = answer();
        if (found !== undefined) return found;
        if (code !== undefined || Date.now() - start >= PATIENCE)
          throw new Error(
            `${what} was not seen (${code === undefined ? 'runs' : `ended with ${code}`}):\n${shown.slice(seen)}`,
          );
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    see: (what) =>
      until(() => {
        const rest = shown.slice(seen);
        const found = typeof what === 'string' ? rest.indexOf(what) : rest.search(what);
        if (found === -1) return undefined;
        const length = typeof what === 'string' ? what.length : (what.exec(rest)?.[0].length ?? 0);
        const text = rest.slice(0, found + length);
        seen += found + length;
        return text;
      }, String(what)),
    press: (keys) => void child.stdin.write(keys),
    type: (line) => void child.stdin.write(`${line}\n`),
    end: () => until(() => code, 'the end'),
    get shown() {
      return shown;
    },
  };
}
