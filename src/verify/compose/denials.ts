/**
 * How programs tell that the kernel denied something: the texts of EROFS, EPERM and EACCES, their names, and what the
 * dynamic linker says of a mount that is `noexec`.
 */
const DENIAL =
  /read-only file system|\bEROFS\b|operation not permitted|\bEPERM\b|permission denied|\bEACCES\b|failed to map segment/i;

/** The lines of a log that tell of something denied, each once, in order. */
export function denials(log: string): readonly string[] {
  return [...new Set(log.split('\n').filter((line) => DENIAL.test(line)))];
}

/** Those of a log that another has not: times, numbers and addresses of the same message differ. */
export function newDenials(before: string, after: string): readonly string[] {
  const known = new Set(denials(before).map(essence));
  return denials(after).filter((line) => !known.has(essence(line)));
}

function essence(line: string): string {
  return line.replace(/\b[0-9a-f]{6,}\b/gi, '#').replace(/\d+/g, '#');
}
