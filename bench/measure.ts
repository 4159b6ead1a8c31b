import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** What one run of a process took. */
export interface Measurement {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** Loaded into the measured process: tells on descriptor 3, when it ends, what it used. */
const HOOK = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from 'node:fs';
process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));`,
)}`;

/** Runs `node` on the arguments with its output to nowhere; with `hook` it also tells of CPU time and memory. */
function run(args: readonly string[], cwd: string, hook: boolean): Measurement {
  const sink = openSync(devNull, 'w');
  const started = performance.now();
  const child = spawnSync(process.execPath, [...(hook ? ['--import', HOOK] : []), ...args], {
    cwd,
    stdio: ['ignore', sink, 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const wallMs = performance.now() - started;
  closeSync(sink);
  if (child.status !== 0) {
    throw new Error(`node ${args.join(' ')} ended with ${String(child.status)}:\n${child.stderr}`);
  }
  if (!hook) return { wallMs, cpuMs: Number.NaN, peakMiB: Number.NaN };
  const usage = JSON.parse(child.output[3] ?? '') as NodeJS.ResourceUsage;
  return {
    wallMs,
    cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1000,
    peakMiB: usage.maxRSS / 1024,
  };
}

/** A process to measure, by its arguments to `node`. */
export interface Subject {
  readonly name: string;
  readonly args: readonly string[];
}

export interface MeasureOptions {
  readonly cwd: string;
  readonly rounds: number;
  /** Without it only wall time is measured, and nothing is added to the time that the process takes. */
  readonly usage: boolean;
}

/** Medians over the rounds. All subjects take turns in each round, so that a busy machine slows all of them. */
export function measure(
  subjects: readonly Subject[],
  options: MeasureOptions,
): ReadonlyMap<string, Measurement> {
  const taken = new Map<string, Measurement[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { name, args } of subjects) taken.get(name)?.push(run(args, options.cwd, options.usage));
  }
  return new Map([...taken].map(([name, list]) => [name, medians(list)]));
}

function medians(list: readonly Measurement[]): Measurement {
  return {
    wallMs: median(list.map(({ wallMs }) => wallMs)),
    cpuMs: median(list.map(({ cpuMs }) => cpuMs)),
    peakMiB: median(list.map(({ peakMiB }) => peakMiB)),
  };
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2;
}
