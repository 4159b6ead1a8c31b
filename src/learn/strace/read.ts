import { isSystemCall } from '../../seccomp/system-calls.js';
import { readLines } from '../lines.js';
import { createRecorder } from '../recorder.js';
import type { RecordingResult } from '../recording.js';
import { readCall, succeeded } from './call.js';
import { readStraceLine } from './line.js';
import { forget, isObserved, observe } from './observe.js';
import { createProcesses, startsProcess } from './processes.js';

/** Lines after which a log of which nothing could be read is no log. */
const PATIENCE = 1_000;

/** Beginnings of calls are kept until they go on; longer ones are not. */
const MAX_BEGUN = 8192;

/**
 * Reads the output of `strace -f` line by line, in bounded memory. What can't be read is left out and told as a gap: it
 * never adds anything.
 * @param assumed calls that strace was told to leave out because every process makes them.
 */
export async function readStrace(
  stream: AsyncIterable<Buffer>,
  assumed: readonly string[] = [],
): Promise<RecordingResult> {
  const to = createRecorder();
  let calls = 0;
  let unread = 0;
  let strange = 0;
  let firstUnread: number | undefined;
  let at = 0;
  let summary = false;
  let foreign = false;

  const leaveOut = (): void => {
    unread += 1;
    firstUnread ??= at;
  };

  const processes = createProcesses((tracee, ended) => {
    if (!ended && tracee.begun !== undefined) leaveOut();
    forget(to, tracee);
  });

  const whole = (pid: string, name: string, rest: string): void => {
    if (!isObserved(name)) return;
    const call = readCall(name, rest);
    if (call !== undefined) {
      const tracee = processes.of(pid, name);
      observe(call, to, tracee);
      if (name === 'chroot') processes.jailed();
      if (startsProcess(name) && succeeded(call)) processes.started(tracee, call);
    } else if (!/= \?$/.test(rest)) {
      leaveOut();
      // Where it is now, is not known.
      if (/^f?chdir$/.test(name)) processes.of(pid, name).fs.cwd = undefined;
      if (name === 'chroot') {
        processes.of(pid, name).fs.root = undefined;
        processes.jailed();
      }
    }
  };

  const made = (name: string): boolean => {
    if (!isSystemCall(name)) {
      strange += 1;
      return false;
    }
    calls += 1;
    to.call(name);
    return true;
  };

  const read = await readLines(stream, (text) => {
    at += 1;
    const line = readStraceLine(text);
    if (line.kind === 'call') {
      if (made(line.name)) whole(line.pid, line.name, line.rest);
    } else if (line.kind === 'begun') {
      if (made(line.name) && isObserved(line.name)) {
        if (line.rest.length > MAX_BEGUN) leaveOut();
        else processes.begin(line.pid, line.name, line.rest);
      }
    } else if (line.kind === 'resumed') {
      const tracee = processes.get(line.pid);
      const begun = tracee?.begun;
      if (tracee !== undefined && begun?.name === line.name) {
        processes.resume(tracee);
        whole(line.pid, line.name, begun.rest + (begun.rest === '' ? '' : ' ') + line.rest);
      } else if (made(line.name) && isObserved(line.name)) leaveOut();
    } else if (line.kind === 'note') {
      if (line.ended) processes.end(line.pid);
      if (line.supersededBy !== undefined) processes.supersede(line.pid, line.supersededBy);
      // What a child became says nothing of its parent; that it was root does.
      if (line.uid === '0') to.user(0);
      foreign ||= line.foreign === true;
    } else if (text.trim() !== '') {
      if (/^% time\s+seconds\s+usecs\/call/.test(text)) summary = true;
      leaveOut();
    }
    return calls > 0 || at < PATIENCE;
  });

  if (calls === 0) {
    if (summary) {
      const reason = 'a summary of counts (strace -c) does not say what was done: record without -c';
      return { ok: false, line: firstUnread, reason };
    }
    const reason = at === 0 ? 'it is empty' : 'it holds no call that strace writes';
    return { ok: false, line: firstUnread, reason };
  }
  for (const tracee of processes.all()) forget(to, tracee);
  if (unread > 0)
    to.gap(`${unread} of ${read.lines} lines could not be read, the first is line ${firstUnread}`);
  if (strange > 0) to.gap(`${strange} lines name calls that libseccomp does not know: they are left out`);
  if (read.cut > 0) to.gap(`${read.cut} lines are too long to be read whole`);
  if (read.unended) to.gap('it ends in the middle of a line: what came later is not in it');
  if (foreign)
    to.gap('a process made the calls of another architecture: what a filter needs for it is not known');
  for (const name of assumed) to.call(name);
  return { ok: true, recording: to.result('strace', read.lines) };
}
