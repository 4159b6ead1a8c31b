import { spawn } from 'node:child_process';

/** What came of a question. */
export type Reply =
  | { readonly kind: 'text'; readonly text: string }
  /** ^D: there is nothing more to read. */
  | { readonly kind: 'end' }
  /** ^C, or a signal that ends the program. */
  | { readonly kind: 'interrupted'; readonly signal: NodeJS.Signals };

/** Asks on the terminal that standard input and output are. */
export interface Terminal {
  /** A key, or where keys are read by the line, what stands on the line. */
  key(prompt: string): Promise<Reply>;
  line(prompt: string): Promise<Reply>;
  /** Runs a program that has the terminal to itself; returns its exit code. */
  lend(program: string, args: readonly string[]): Promise<number>;
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** An arrow or another key that is more than one character. */
const SEQUENCE = /^\u001b(?:\[[\d;]*[ -/]*[@-~]|O.|.)?/s;

/**
 * The terminal stays as it is, so that the system edits lines and ^C is a signal; only while a single key is waited for it
 * hands over each key at once.
 * @param singleKey no Enter behind a key: git's `interactive.singleKey`.
 */
export function openTerminal(singleKey: boolean): Terminal {
  const { stdin, stdout } = process;
  let typed = '';
  let ended = false;
  let lent = false;
  let signal: NodeJS.Signals | undefined;
  let wake = (): void => undefined;

  const onData = (text: string): void => {
    typed += text;
    wake();
  };
  const onEnd = (): void => {
    ended = true;
    wake();
  };
  // A terminal that was closed can't be read: its signal is on its way.
  const onError = (): void => {
    signal ??= 'SIGHUP';
    wake();
  };
  const handlers = SIGNALS.map((name) => {
    const handler = (): void => {
      // ^C in an editor is the editor's.
      if (lent && name === 'SIGINT') return;
      signal = name;
      wake();
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  stdin.setEncoding('utf8').on('data', onData).on('end', onEnd).on('error', onError).pause();

  /** Waits until what was typed has an answer in it. */
  const until = async (answer: () => string | undefined, prompt: string): Promise<Reply> => {
    stdout.write(prompt);
    for (;;) {
      const text = signal === undefined ? answer() : undefined;
      if (signal !== undefined) return { kind: 'interrupted', signal };
      if (text !== undefined) return { kind: 'text', text };
      if (ended) return { kind: 'end' };
      await new Promise<void>((resolve) => {
        wake = resolve;
        stdin.resume();
      });
      stdin.pause();
    }
  };

  const takeLine = (): string | undefined => {
    const end = typed.indexOf('\n');
    if (end === -1) return undefined;
    const line = typed.slice(0, end).replace(/\r$/, '');
    typed = typed.slice(end + 1);
    return line;
  };

  /** The next key; what is no answer has its effect at once. */
  const takeKey = (prompt: string): string | undefined => {
    while (typed !== '') {
      const sequence = SEQUENCE.exec(typed)?.[0];
      const key = sequence ?? String.fromCodePoint(typed.codePointAt(0) ?? 0);
      typed = typed.slice(key.length);
      if (sequence !== undefined) continue;
      if (key === '\u0003') signal = 'SIGINT';
      if (key === '\u0004') ended = true;
      if (key === '\u0003' || key === '\u0004') return undefined;
      if (key === '\u001a') stop(prompt);
      else return key;
    }
    return undefined;
  };

  /** ^Z: to the whole group of processes, as the terminal would send it. */
  const stop = (prompt: string): void => {
    stdin.setRawMode(false);
    process.once('SIGCONT', () => {
      stdin.setRawMode(true);
      stdout.write(prompt);
    });
    process.kill(0, 'SIGTSTP');
  };

  return {
    line: (prompt) => until(takeLine, prompt),
    key: async (prompt) => {
      if (!singleKey) return until(takeLine, prompt);
      stdin.setRawMode(true);
      const reply = await until(() => takeKey(prompt), prompt);
      stdin.setRawMode(false);
      stdout.write(reply.kind === 'text' ? `${reply.text.trim()}\n` : '');
      return reply;
    },
    lend: async (program, args) => {
      lent = true;
      const code = await new Promise<number>((resolve) => {
        const child = spawn(program, args, { stdio: 'inherit' });
        child.on('error', () => {
          resolve(127);
        });
        child.on('close', (code) => {
          resolve(code ?? 1);
        });
      });
      lent = false;
      return code;
    },
    close: () => {
      stdin.off('data', onData).off('end', onEnd).off('error', onError).pause();
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
