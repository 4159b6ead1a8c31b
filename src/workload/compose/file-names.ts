/** The Compose files that are used by default: what lies beside them needs no name of its own. */
const DEFAULT_FILE = /^(?:docker-)?compose(?:\.override)?\.ya?ml$/;

/** @param name without its folder. */
export function isDefaultFile(name: string): boolean {
  return DEFAULT_FILE.test(name);
}

/** What tells the files beside a Compose file from those of another one; empty for a file that is used by default. */
export function stemOf(composeFile: string): string {
  const name = composeFile.slice(composeFile.lastIndexOf('/') + 1);
  return isDefaultFile(name) ? '' : name.replace(/\.ya?ml$/, '');
}
