/** An option of `podman run`, as PodmanArgs= gives it. */
export interface PodmanOption {
  readonly name: string;
  /** Undefined for a switch. */
  readonly value: string | undefined;
}

/** The short forms of the options that say what the container is given. */
const SHORT: Readonly<Record<string, string>> = {
  e: 'env',
  h: 'hostname',
  l: 'label',
  m: 'memory',
  p: 'publish',
  u: 'user',
  v: 'volume',
  w: 'workdir',
};

/** Options that take no word after them: https://docs.podman.io/en/latest/markdown/podman-run.1.html */
const SWITCHES: ReadonlySet<string> = new Set([
  'detach',
  'env-host',
  'init',
  'interactive',
  'no-healthcheck',
  'no-hosts',
  'oom-kill-disable',
  'privileged',
  'publish-all',
  'quiet',
  'read-only',
  'read-only-tmpfs',
  'replace',
  'rm',
  'rmi',
  'sig-proxy',
  'tls-verify',
  'tty',
]);

/** Reads the words of PodmanArgs=: `--name=value`, `--name value`, `-p value`, `-pvalue`. */
export function podmanOptions(words: readonly string[]): readonly PodmanOption[] {
  const options: PodmanOption[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [, long, joined] = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(words[at]!) ?? [];
    const [, letter, rest] = /^-([a-z])=?(.*)$/s.exec(words[at]!) ?? [];
    const name = long ?? SHORT[letter ?? ''];
    if (name === undefined) continue;
    const given = joined ?? (rest === '' ? undefined : rest);
    if (given !== undefined || SWITCHES.has(name)) options.push({ name, value: given });
    else options.push({ name, value: words[(at += 1)] });
  }
  return options;
}
