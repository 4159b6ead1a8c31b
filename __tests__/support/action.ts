import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { folderOf } from './cli.js';
import { GIT_ENV } from './git.js';

export interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly shell?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Action {
  readonly name: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** The project's root, where action.yml stands. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export const action = parse(readFileSync(join(PROJECT, 'action.yml'), 'utf8')) as Action;

/** What a job was left with. */
export interface JobResult {
  readonly code: number;
  readonly log: string;
  readonly summary: string;
  /** The action's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The names of the steps that ran, or would have: those of other actions are not. */
  readonly ran: readonly string[];
}

export interface Job {
  /** The workspace. */
  readonly cwd: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly event?: string;
  /** Steps not to run, by name. */
  readonly without?: readonly string[];
}

type Values = Readonly<Record<string, string>>;

/**
 * Runs the steps of action.yml as the runner does: expressions are put in, `bash --noprofile --norc -eo pipefail` runs a
 * script of its own file, and outputs are read from a file.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
 */
export function runAction(job: Job): JobResult {
  const temporary = folderOf();
  const given: Record<string, string> = {};
  for (const [name, input] of Object.entries(action.inputs)) given[name] = input.default ?? '';
  Object.assign(given, job.with);
  const values: Record<string, string> = {
    'github.event_name': job.event ?? 'push',
    'github.token': 'token',
  };
  for (const [name, value] of Object.entries(given)) values[`inputs.${name}`] = expand(value, values);
  const summary = join(temporary, 'summary');
  writeFileSync(summary, '');
  const ran: string[] = [];
  let [log, code] = ['', 0];
  for (const [at, step] of action.runs.steps.entries()) {
    if (code !== 0 || !holds(step.if, values) || job.without?.includes(step.name) === true) continue;
    ran.push(step.name);
    if (step.run === undefined) continue;
    const script = join(temporary, `step-${at}.sh`);
    const output = join(temporary, `output-${at}`);
    writeFileSync(script, expand(step.run, values));
    writeFileSync(output, '');
    mkdirSync(join(temporary, 'runner'), { recursive: true });
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, expand(value, values)]);
    const done = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd: job.cwd,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        HOME: temporary,
        ...GIT_ENV,
        GITHUB_ACTION_PATH: PROJECT,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_WORKSPACE: job.cwd,
        RUNNER_TEMP: join(temporary, 'runner'),
        ...(Object.fromEntries(env) as Values),
      },
    });
    log += done.stdout + done.stderr;
    code = done.status ?? 1;
    for (const line of readFileSync(output, 'utf8')
      .split('\n')
      .filter((text) => text !== '')) {
      const [name = '', ...value] = line.split('=');
      values[`steps.${step.id ?? ''}.outputs.${name}`] = value.join('=');
    }
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, expand(value, values)]);
  return {
    ...{ code, log, ran, summary: readFileSync(summary, 'utf8') },
    outputs: Object.fromEntries(outputs) as Values,
  };
}

/** Puts the values of `${{ name }}` in. */
function expand(text: string, values: Values): string {
  return text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => values[name] ?? '');
}

/** Conditions are comparisons of a name with a text, joined by `&&`. */
function holds(condition: string | undefined, values: Values): boolean {
  return (condition ?? '')
    .split('&&')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .every((part) => {
      const [, name = '', operator, text] = /^([\w.-]+) (==|!=) '([^']*)'$/.exec(part) ?? [];
      if (operator === undefined) throw new Error(`not understood: ${part}`);
      return ((values[name] ?? '') === text) === (operator === '==');
    });
}
