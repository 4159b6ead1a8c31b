import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { call, type CallOptions, lastLines, type Outcome } from '../../io/process.js';
import type { Missing } from '../tools.js';

export type ManagerKind = 'system' | 'user';

/** A systemd that runs here and may be told to start units. */
export interface Manager {
  readonly kind: ManagerKind;
  /**
   * Where its units stand that nothing outlives and that win over all installed ones:
   * https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Unit%20File%20Load%20Path
   */
  readonly folder: string;
  /** `systemctl`; its caller judges the exit code. */
  call(args: readonly string[], options?: CallOptions): Promise<Outcome>;
  /** What a unit's processes and the manager said of it since a time, in seconds. */
  journal(unit: string, since: number): Promise<string>;
}

/** How long the manager may take to answer a question, in milliseconds. */
const PATIENCE = 15_000;

/** The manager of this machine, or of this user. */
export async function findManager(kind: ManagerKind, signal?: AbortSignal): Promise<Manager | Missing> {
  const uid = process.getuid?.();
  if (uid === undefined) return { missing: `${process.platform} has no systemd` };
  if (kind === 'system' && uid !== 0) return { missing: 'it needs root, to start a unit of the machine' };
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}`;
  const words = kind === 'user' ? ['--user'] : [];
  const env = kind === 'user' ? { XDG_RUNTIME_DIR: runtime } : {};
  const run = (
    program: string,
    args: readonly string[],
    options: CallOptions = {},
  ): ReturnType<typeof call> =>
    call(program, [...words, ...args], { ...options, env: { ...env, ...options.env } });
  const { code, stdout } = await run('systemctl', ['is-system-running'], { timeout: PATIENCE, signal });
  if (code === 127) return { missing: 'systemd is not installed' };
  const state = stdout.trim();
  if (state !== 'running' && state !== 'degraded') {
    const owner = kind === 'user' ? 'of this user ' : '';
    return { missing: `no systemd ${owner}runs here${state === '' ? '' : ` (it is ${state})`}` };
  }
  const folder = kind === 'user' ? join(runtime, 'systemd/user.control') : '/run/systemd/system.control';
  if (!existsSync(kind === 'user' ? runtime : '/run/systemd/system')) {
    return { missing: `${folder} can't be made` };
  }
  return {
    kind,
    folder,
    call: (args, options) => run('systemctl', args, options),
    journal: async (unit, since) => {
      if (kind === 'system') await run('journalctl', ['--sync'], { timeout: PATIENCE });
      const match = kind === 'user' ? `--user-unit=${unit}` : `--unit=${unit}`;
      const args = ['--no-pager', '--quiet', '--output=cat', `--since=@${since.toFixed(6)}`, match];
      // Not with --user: a user's own journal is a part of what the user may read, where there is one.
      return (await call('journalctl', args, { timeout: PATIENCE, env })).stdout;
    },
  };
}

/** Properties of a unit as `systemctl show` prints them, by their names. */
export async function show(
  manager: Manager,
  unit: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { code, stdout, stderr } = await manager.call(['show', `--property=${names.join(',')}`, '--', unit], {
    timeout: PATIENCE,
  });
  if (code !== 0) throw new Error(`systemd does not answer: ${lastLines(stderr, 2)}`);
  return new Map(
    stdout.split('\n').flatMap((line): [string, string][] => {
      const equals = line.indexOf('=');
      return equals === -1 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]];
    }),
  );
}
