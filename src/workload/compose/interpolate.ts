/**
 * Compose's interpolation, https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md:
 * `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?error}`, `${VAR:+replacement}`, `$$`.
 */
const REFERENCE = /\$(?:\$|(\w+)|\{(\w+)(?:(:?[-?+])((?:[^{}]|\$\{[^{}]*\})*))?\})/g;

export interface Interpolated {
  readonly text: string;
  /** The variables for which neither the environment file nor a default gives a value; they stay in the text. */
  readonly unresolved: readonly string[];
}

/** @param variables what `.env` defines; the shell's environment is not looked at. */
export function interpolate(text: string, variables: ReadonlyMap<string, string>): Interpolated {
  const unresolved: string[] = [];
  const result = text.replace(
    REFERENCE,
    (whole, bare?: string, braced?: string, operator?: string, operand = '') => {
      const name = bare ?? braced;
      if (name === undefined) return '$';
      const value = variables.get(name);
      const usable = value !== undefined && (value !== '' || operator?.startsWith(':') !== true);
      if (operator?.endsWith('+') === true) return usable ? interpolate(operand, variables).text : '';
      if (usable) return value;
      if (operator?.endsWith('-') === true) {
        const fallback = interpolate(operand, variables);
        unresolved.push(...fallback.unresolved);
        return fallback.text;
      }
      unresolved.push(name);
      return whole;
    },
  );
  return { text: result, unresolved };
}

/** Reads an environment file (`.env`): `KEY=value`, quotes removed; comments and `export` are skipped. */
export function parseEnvironmentFile(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#\r\n]*?))\s*(?:#.*)?$/.exec(line);
    if (match === null) continue;
    found.set(match[1]!, match[2] ?? match[3] ?? match[4] ?? '');
  }
  return found;
}
