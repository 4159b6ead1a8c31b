import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { MAIN } from '../../support/command.js';
import type { Check } from '../../../src/verify/check.js';
import type { Diagnosis } from '../../../src/verify/diagnosis.js';
import type { Engine } from '../engine.js';

/** What verify found until it gave its totals. */
export interface Round {
  readonly checks: readonly Check[];
  readonly diagnoses: readonly Diagnosis[];
  readonly totals: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

export interface Verified {
  readonly code: number;
  readonly rounds: readonly Round[];
  readonly stdout: string;
  readonly stderr: string;
}

export interface Verify {
  readonly process: ChildProcess;
  readonly ended: Promise<Verified>;
  /** What it left in the engine and in its folder for temporary files. */
  left(): Promise<readonly string[]>;
}

/** A project's folder and one for temporary files, which are gone after the work. */
export async function inFolders<T>(
  name: string,
  work: (project: string, temporary: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `harden-lab-${name}-`));
  const [project, temporary] = [join(folder, 'project'), join(folder, 'tmp')];
  try {
    for (const path of [project, temporary]) mkdirSync(path);
    return await work(project, temporary);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts the built command line in a project, as a user would. */
export function startVerify(
  engine: Engine,
  project: string,
  temporary: string,
  args: readonly string[],
): Verify {
  const words = ['verify', '--stage', 'run', '--output', 'json', '--build-network', 'host', ...args];
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: project,
    env: { ...engine.env, HOME: temporary, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(
    ([status, stdout, stderr]) => ({ code: status, rounds: roundsOf(stdout), stdout, stderr }),
  );
  return { process: child, ended, left: () => leftBy(engine, child.pid ?? 0, temporary) };
}

type Line = { check: Check } | { diagnosis: Diagnosis } | { totals: Round['totals'] };

function roundsOf(stdout: string): readonly Round[] {
  const rounds: Round[] = [];
  let [checks, diagnoses]: [Check[], Diagnosis[]] = [[], []];
  for (const line of stdout.split('\n').filter((one) => one.startsWith('{') && one.endsWith('}'))) {
    const said = JSON.parse(line) as Line;
    if ('check' in said) checks.push(said.check);
    else if ('diagnosis' in said) diagnoses.push(said.diagnosis);
    else {
      rounds.push({ checks, diagnoses, totals: said.totals });
      [checks, diagnoses] = [[], []];
    }
  }
  return rounds;
}

const LISTS = [
  ['ps', '--all', '--format', '{{.Names}}'],
  ['network', 'ls', '--format', '{{.Name}}'],
  ['volume', 'ls', '--format', '{{.Name}}'],
  ['image', 'ls', '--format', '{{.Repository}}'],
];

async function leftBy(engine: Engine, pid: number, temporary: string): Promise<readonly string[]> {
  const own = new RegExp(`^harden-verify-\\w+-${pid}(?!\\d)`);
  const lists = await Promise.all(LISTS.map((args) => engine.must(args)));
  const named = lists.flatMap((list) => list.split('\n')).filter((name) => own.test(name));
  return [...named, ...readdirSync(temporary).filter((name) => own.test(name))];
}
