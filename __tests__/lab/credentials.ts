import { capabilitiesIn } from '../../src/exposure/names.js';

/** What the kernel says of a process: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
export interface Credentials {
  readonly uid: number;
  /** The capabilities that it has in effect, and those that it or a program that it starts may ever have. */
  readonly effective: readonly string[];
  readonly bounding: readonly string[];
  readonly noNewPrivileges: boolean;
}

/** Reads `/proc/PID/status`. */
export function credentialsIn(status: string): Credentials {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  return {
    // Real, effective, saved and file system identity.
    uid: Number(field('Uid').split(/\s+/)[1]),
    effective: capabilitiesIn(field('CapEff')),
    bounding: capabilitiesIn(field('CapBnd')),
    noNewPrivileges: field('NoNewPrivs') === '1',
  };
}
