import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command line as it is built and published. */
export const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

/** Runs `harden` in a folder, without a terminal and without the caller's colour settings. */
export function harden(cwd: string, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { uid } = options;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, ...args],
      {
        cwd,
        env: { PATH: process.env.PATH ?? '', LC_ALL: 'de_DE.UTF-8', ...options.env },
        maxBuffer: 64 * 1024 * 1024,
        ...(uid === undefined ? {} : { uid, gid: uid }),
      },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}
