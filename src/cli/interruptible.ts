import { setMaxListeners } from 'node:events';
import { printError } from './output.js';

/** Aborts on ^C, so that what was started is removed. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  // Each program that runs listens to it.
  setMaxListeners(0, interruption.signal);
  const interrupt = (): void => {
    if (!interruption.signal.aborted) printError('\nharden: interrupted; removing what was started\n');
    interruption.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}
