/** One line of an strace log, as far as it says what a process did. */
export type StraceLine =
  /** A call that came back, or one that never does. */
  | { readonly kind: 'call'; readonly pid: string; readonly name: string; readonly rest: string }
  /** A call that another process's line cut in two. */
  | { readonly kind: 'begun'; readonly pid: string; readonly name: string; readonly rest: string }
  | { readonly kind: 'resumed'; readonly pid: string; readonly name: string; readonly rest: string }
  /** Signals, exits and what strace says of itself. */
  | {
      readonly kind: 'note';
      readonly pid: string;
      readonly ended: boolean;
      /** The user of a child that ended. */
      readonly uid?: string | undefined;
      /** The thread whose execve() goes on as this process: ptrace(2), "execve(2) under ptrace". */
      readonly supersededBy?: string | undefined;
      /** It runs the calls of another architecture than the machine's. */
      readonly foreign?: boolean;
    }
  | { readonly kind: 'other' };

/**
 * The head of a line: `[pid 12] `, `12 ` or `12<node> `, then what -t, -tt, -ttt, -r, -n and -i put before the call.
 * https://man7.org/linux/man-pages/man1/strace.1.html
 */
const HEAD =
  /^(?:\[pid\s+(\d+)(?:<[^>]*>)?\]\s+|(\d+)(?:<[^>]*>)?\s+)?(?:(?:\d\d:\d\d:\d\d(?:\.\d+)?|\d+\.\d+|\(\+\s*\d+\.\d+\))\s+){0,2}(?:\[[\s\da-f?]+\]\s+){0,2}/;

const CALL = /([a-z_][a-z0-9_]{0,63})\(/y;
const RESUMED = /<\.\.\. ([a-z_][a-z0-9_]{0,63}) resumed>\s?/y;
const UNFINISHED = '<unfinished ...>';
const NOTE =
  /(?:--- (?:SIG|stopped by)|\+\+\+ (?:exited with|killed by|superseded by)| ?<detached \.\.\.>$|\[ Process PID=|strace: | ?> )/y;

/** Reads one line; anything that strace does not write is `other`. */
export function readStraceLine(line: string): StraceLine {
  const head = HEAD.exec(line);
  const pid = head?.[1] ?? head?.[2] ?? '';
  const at = head?.[0].length ?? 0;
  CALL.lastIndex = at;
  const call = CALL.exec(line);
  if (call !== null) {
    const rest = line.slice(CALL.lastIndex);
    const name = call[1]!;
    if (!rest.endsWith(UNFINISHED)) return { kind: 'call', pid, name, rest };
    return { kind: 'begun', pid, name, rest: rest.slice(0, -UNFINISHED.length).trimEnd() };
  }
  RESUMED.lastIndex = at;
  const resumed = RESUMED.exec(line);
  if (resumed !== null) {
    return { kind: 'resumed', pid, name: resumed[1]!, rest: line.slice(RESUMED.lastIndex) };
  }
  NOTE.lastIndex = at;
  if (NOTE.test(line)) {
    // Of other signals it is the sender's, who may be anybody.
    const uid = / si_code=CLD_\w+,(?: si_pid=\d+,)? si_uid=(\d+)[,}]/.exec(line)?.[1];
    const supersededBy = /^\+\+\+ superseded by execve in pid (\d+)/.exec(line.slice(at))?.[1];
    const foreign = / runs in (?:\d+ bit|x32) mode/.test(line);
    return {
      kind: 'note',
      pid,
      ended: supersededBy === undefined && line.startsWith('+++', at),
      uid,
      supersededBy,
      foreign,
    };
  }
  return { kind: 'other' };
}
