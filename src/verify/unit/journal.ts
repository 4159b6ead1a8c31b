import { redact } from '../../core/redact.js';

/** What a program says that was refused something. */
const COMPLAINT =
  /not permitted|denied|read-only file system|\b(?:EROFS|EACCES|EPERM|EAFNOSUPPORT)\b|seccomp|SIGSYS|status=\d+\/SYS|not supported by protocol|namespac|bad system call|out of memory|cannot allocate|unreachable|ignoring[.:]?$/i;

/** How a process of the unit ended, as systemd tells it: `code=exited, status=226/NAMESPACE`. */
const ENDED = /process exited, (code=\w+, status=\S+)/g;

/** The last thing that systemd tells of a process that ended. */
export function endIn(journal: string): string | undefined {
  return [...journal.matchAll(ENDED)].at(-1)?.[1];
}

/** True when a condition of the unit did not hold, so that systemd started nothing; as 252 says it, and those before. */
export function isSkippedIn(journal: string): boolean {
  return /because of an unmet condition|^Condition check resulted in .* being skipped/m.test(journal);
}

/** What is complained of now and was not before, each once; without secrets. */
export function newComplaints(before: string, after: string): readonly string[] {
  const known = new Set(complaintsIn(before).map(bare));
  const found = new Map(complaintsIn(after).map((line) => [bare(line), line]));
  return [...found].filter(([key]) => !known.has(key)).map(([, line]) => redact(line));
}

function complaintsIn(journal: string): readonly string[] {
  return journal
    .split('\n')
    .filter((line) => COMPLAINT.test(line))
    .map((line) => line.trim());
}

/** Numbers and times differ from run to run. */
function bare(line: string): string {
  return line.replace(/\d+/g, '0');
}

const READ_ONLY = /read-only file system|\bEROFS\b|\[Errno 30\]/i;
const DENIED = /permission denied|\bEACCES\b|\[Errno 13\]|no such file|\bENOENT\b|\[Errno 2\]/i;

/** The absolute paths in lines that complain of a read-only file system. */
export function readOnlyPaths(journal: string): readonly string[] {
  return pathsIn(journal, READ_ONLY);
}

/** The absolute paths in lines that complain of a missing permission, or of a missing file. */
export function deniedPaths(journal: string): readonly string[] {
  return pathsIn(journal, DENIED);
}

/** A folder, a file, a quoted one: what follows white space, a quote, a bracket, `=` or a colon. */
const PATH = /(?<=^|[\s"'`‘“(=:[])\/[\w.@+,~-]+(?:\/[\w.@+,~-]+)*/g;

function pathsIn(journal: string, complaint: RegExp): readonly string[] {
  const lines = journal.split('\n').filter((line) => complaint.test(line));
  const paths = lines.flatMap((line) =>
    [...line.matchAll(PATH)].map(([path]) =>
      path.replace(/^\/run\/systemd\/unit-root/, '').replace(/[.,]+$/, ''),
    ),
  );
  return [...new Set(paths)];
}
