import { once } from 'node:events';

export type ExitCode = 0 | 1 | 2;
export const EXIT_CHANGES: ExitCode = 1;
export const EXIT_ERROR: ExitCode = 2;

/** Writes to standard output and waits while its reader is slower, so that output never piles up in memory. */
export async function print(text: string): Promise<void> {
  if (closed || text === '' || process.stdout.write(text)) return;
  // Whichever comes first, nobody goes on listening for the other.
  const waiting = new AbortController();
  const { signal } = waiting;
  const events = ['drain', 'close'].map((event) => once(process.stdout, event, { signal }));
  await Promise.race(events).catch(() => undefined);
  waiting.abort();
}

let closed = false;

/** True when nobody reads standard output any more. */
export function isOutputClosed(): boolean {
  return closed;
}

export function printError(text: string): void {
  process.stderr.write(text);
}

/** A reader that has seen enough (`harden --write | head`) is no error, and no reason to stop writing files. */
export function surviveClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
}

/** https://no-color.org, and FORCE_COLOR as many tools read it. */
export function wantsColor(asked: boolean | undefined): boolean {
  if (asked !== undefined) return asked;
  if ((process.env.NO_COLOR ?? '') !== '') return false;
  const forced = process.env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return process.stdout.isTTY && process.env.TERM !== 'dumb';
}

/** Tells on a terminal how far a long run is, while its output goes elsewhere. */
export function createProgress(total: number): { tick(done: number): void; end(): void } {
  const shown = process.stderr.isTTY && !process.stdout.isTTY;
  const started = Date.now();
  let last = started;
  let visible = false;
  return {
    tick: (done) => {
      const now = Date.now();
      if (!shown || now - started < 500 || now - last < 100) return;
      last = now;
      visible = true;
      process.stderr.write(`\rharden: ${done} of ${total} files`);
    },
    end: () => {
      if (visible) process.stderr.write('\r\u001b[K');
    },
  };
}
