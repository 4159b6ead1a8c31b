const REFUSAL = /EROFS|EACCES|EPERM|read-only file system|operation not permitted|permission denied/i;

/** The lines of a log that tell of a refusal which the log from before doesn't tell of, and which is not tolerated. */
export function newRefusals(before: string, after: string, tolerated: readonly string[]): readonly string[] {
  const known = new Set(refusalsIn(before).map(timeless));
  return refusalsIn(after).filter(
    (line) =>
      !known.has(timeless(line)) && !tolerated.some((expression) => new RegExp(expression).test(line)),
  );
}

function refusalsIn(log: string): readonly string[] {
  return log.split('\n').filter((line) => REFUSAL.test(line));
}

/** Times, process identities and addresses differ from run to run. */
function timeless(line: string): string {
  return line.replace(/\b0x[0-9a-f]+\b|\d+/gi, '0');
}
