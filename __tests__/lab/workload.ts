import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WORKLOADS = fileURLToPath(new URL('workloads', import.meta.url));

/** What a client does, and what it has to see. */
export interface Step {
  readonly name: string;
  /** Where it runs: `client` is a container on the project's networks, `host` this machine, else a service. */
  readonly in: string;
  readonly run: readonly string[];
  /** What it reads from its standard input. */
  readonly input?: string;
  /** A regular expression that what it prints has to match. */
  readonly shows: string;
  /** True when it has to fail, as a client without the password does. */
  readonly fails?: boolean;
}

/** A Compose project and its clients: `workload.json` in its folder, which the copy that is hardened doesn't have. */
export interface Workload {
  readonly name: string;
  readonly folder: string;
  readonly title: string;
  readonly steps: readonly Step[];
  /** After a restart, and hardened on the data that the original left. */
  readonly again: readonly Step[];
  /** What the log may tell when it is hardened: what the program itself goes on without, as its source says. */
  readonly tolerates: readonly string[];
  /** How often health is asked for, in place of what the file says; a check may disturb a server that is starting. */
  readonly healthInterval: string;
}

export function workloadNames(): readonly string[] {
  return readdirSync(WORKLOADS).sort();
}

export function readWorkload(name: string): Workload {
  const folder = join(WORKLOADS, name);
  if (!existsSync(join(folder, 'docker-compose.yml'))) throw new Error(`${name}: no docker-compose.yml`);
  const settings = JSON.parse(readFileSync(join(folder, 'workload.json'), 'utf8')) as Partial<Workload>;
  const { title, steps, again, tolerates = [], healthInterval = '1s' } = settings;
  if (title === undefined || steps === undefined || again === undefined)
    throw new Error(`${name}/workload.json: title, steps or again missing`);
  return { name, folder, title, steps, again, tolerates, healthInterval };
}

/** The programs by which its clients ask it, without those that run in its own containers. */
export function clientsOf({ steps }: Workload): readonly string[] {
  const asked = steps.filter((step) => step.in === 'client' || step.in === 'host');
  return [...new Set(asked.map(({ run }) => run[0]!))];
}
