import type { VerifyTotals } from '../../../src/render/verify.js';
import type { Check } from '../../../src/verify/check.js';
import type { Diagnosis } from '../../../src/verify/diagnosis.js';
import { lastLines } from '../../../src/io/process.js';
import { HARDEN, runIn } from './command.js';
import type { Container } from './container.js';

const UNITS_ALONE = ['--format', 'systemd', '--systemd-version', '252'];

/** What is run, and in which folder. */
export interface VerifyRun {
  readonly folder: string;
  /** The user that runs it; root by default. */
  readonly owner?: string | undefined;
  readonly smoke?: string | undefined;
  /** How long a service has to stay up, in seconds. */
  readonly settle?: number;
}

/** The words of `harden verify` for the units of a folder. */
export function verifyWords({ smoke, settle = 1 }: VerifyRun): readonly string[] {
  return [
    ...[...HARDEN, 'verify', '--fix', '--allow-host', ...UNITS_ALONE, '--stage', 'run'],
    ...['--output', 'json', '--settle', String(settle)],
    ...(smoke === undefined ? [] : ['--smoke', smoke]),
  ];
}

/** What `harden verify` printed until it mended something, or ended. */
export interface Round {
  readonly checks: readonly Check[];
  readonly diagnoses: readonly Diagnosis[];
  readonly totals: VerifyTotals;
}

export interface Verified {
  readonly code: number;
  readonly rounds: readonly Round[];
}

/** Runs `harden verify --fix` inside. */
export async function verify(container: Container, run: VerifyRun): Promise<Verified> {
  const outcome = await runIn(container, run, verifyWords(run));
  const rounds = roundsIn(outcome.stdout);
  if (rounds.length === 0) throw new Error(`harden verify: ${lastLines(outcome.stderr || outcome.stdout)}`);
  return { code: outcome.code, rounds };
}

/** The preview of what harden makes of a folder inside. */
export async function preview(container: Container, run: VerifyRun): Promise<string> {
  const { code, stdout, stderr } = await runIn(container, run, [...HARDEN, '--dry-run', ...UNITS_ALONE]);
  if (code !== 0) throw new Error(`harden: exit code ${code}: ${lastLines(stderr || stdout)}`);
  return stdout;
}

type Line = { readonly check: Check } | { readonly diagnosis: Diagnosis } | { readonly totals: VerifyTotals };

function roundsIn(printed: string): readonly Round[] {
  const rounds: Round[] = [];
  let [checks, diagnoses]: [Check[], Diagnosis[]] = [[], []];
  for (const text of printed.split('\n').filter((one) => one !== '')) {
    const line = JSON.parse(text) as Line;
    if ('check' in line) checks.push(line.check);
    else if ('diagnosis' in line) diagnoses.push(line.diagnosis);
    else {
      rounds.push({ checks, diagnoses, totals: line.totals });
      [checks, diagnoses] = [[], []];
    }
  }
  return rounds;
}

/** What `harden verify` should have taken away. */
export async function leftOvers(container: Container): Promise<string> {
  const script = `find /run/systemd/system.control /run/user/*/systemd/user.control -mindepth 1 2>/dev/null
systemctl list-units --all --plain --no-legend 'trial-*'
ls -d /tmp/harden-verify-* 2>/dev/null`;
  return (await container.call(['sh', '-c', script])).stdout.trim();
}
