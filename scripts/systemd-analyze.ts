import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** What `systemd-analyze security --offline=true` says of a unit. */
export interface Verdict {
  readonly score: number;
  readonly rating: string;
  readonly checks: ReadonlyMap<string, Row>;
}

interface Row {
  readonly name: string;
  /** Null for a check that doesn't apply. */
  readonly set: boolean | null;
  /** Null for a check that adds nothing. */
  readonly exposure: string | null;
}

const BATCH = 100;

/** `systemd 252 (252.39-1~deb12u2)`, or undefined where it isn't installed. */
export function systemdVersion(): string | undefined {
  const { status, stdout } = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

function analyze(folder: string, args: readonly string[]): string {
  // Only the folder's own units and drop-ins, none of this machine's.
  const empty = join(folder, 'none');
  mkdirSync(empty, { recursive: true });
  return spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, SYSTEMD_UNIT_PATH: empty, SYSTEMD_COLORS: '0', XDG_RUNTIME_DIR: folder },
  }).stdout;
}

/**
 * systemd's verdicts by unit name on files of a folder; a unit that it refuses to load has none. Only the text names
 * the units and gives their score, only the JSON gives every check; both are in the order of the files.
 */
export function verdictsOf(
  folder: string,
  files: readonly string[],
  manager: 'system' | 'user',
): ReadonlyMap<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  const scope = manager === 'user' ? ['--user'] : [];
  for (let at = 0; at < files.length; at += BATCH) {
    const batch = files.slice(at, at + BATCH).map((file) => `./${file}`);
    const text = analyze(folder, [...scope, ...batch]);
    const totals = [...text.matchAll(/level for (\S+): (\d+\.\d) ([A-Z]+)/g)];
    const details = analyze(folder, [...scope, '--json=short', ...batch])
      .split('\n')
      .filter(Boolean);
    if (details.length !== totals.length) throw new Error('systemd-analyze gives other units as JSON');
    totals.forEach(([, name, score, rating], index) => {
      const rows = JSON.parse(details[index]!) as Row[];
      const checks = new Map(rows.map((row) => [row.name, row]));
      verdicts.set(name!, { score: Number(score), rating: rating!, checks });
    });
  }
  return verdicts;
}
