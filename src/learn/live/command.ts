import { spawn } from 'node:child_process';
import { traceArguments, type TraceOptions, type Tracer } from './tracer.js';

/** How the recorded command ended. */
export interface CommandEnd {
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a command under strace, with this terminal, until it ends. ^C goes to the command: what it then does belongs to
 * the recording.
 */
export function recordCommand(
  { path }: Tracer,
  command: readonly string[],
  options: Omit<TraceOptions, 'detached'>,
): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const ignore = (): void => undefined;
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const name of signals) process.on(name, ignore);
    const leave = (): void => signals.forEach((name) => process.off(name, ignore));
    const args = [...traceArguments({ ...options, detached: false }), ...command];
    const child = spawn(path, args, { stdio: 'inherit' });
    child.on('error', (error) => {
      leave();
      reject(error);
    });
    child.on('close', (code, signal) => {
      leave();
      resolve({ code: code ?? 1, signal });
    });
  });
}
