/**
 * What `systemd-analyze verify` printed of a unit, without the folder it was checked in and the line numbers. Of several
 * units that are required and not there it names the first that it comes to, another one each time.
 */
export function complaintsOf(stderr: string, folder: string): readonly string[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replaceAll(`${folder}/`, '')
        .replace(/:\d+:/, ':')
        .replace(/Unit \S+ not found/, 'Unit not found'),
    );
}

/** The complaints that the first lot doesn't have, each once. */
export function freshComplaints(before: readonly string[], after: readonly string[]): readonly string[] {
  return [...new Set(after)].filter((line) => !before.includes(line));
}

/** The setting that a complaint says this systemd doesn't know, and passes over. */
export function unknownSetting(complaint: string): string | undefined {
  return /Unknown (?:key(?: name)?|lvalue) '(\w+)'/.exec(complaint)?.[1];
}
