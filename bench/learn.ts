/**
 * `npm run bench:learn`: how fast `harden learn` reads a log of strace, and how much memory that takes, with the built
 * command line; exit code 1 when the memory grows with the log. The logs are made for it, the same at each run.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/io/package.js';
import { measure, type Measurement } from './measure.js';
import { writeStraceLog, type LogOptions } from './strace-log.js';

const SMALL = 100_000;
const LARGE = 10_000_000;

/** Peak memory for the large log, as a multiple of that for the small one: a heap grows before it is swept. */
const GOAL = 2;

const MAIN = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');

/** What reading a log took; the log is as large as a disk's cache, so it is there for its own run only. */
async function readingOf(options: LogOptions, folder: string): Promise<Measurement> {
  const log = join(folder, 'app.strace');
  await writeStraceLog(log, options);
  const name = `${options.lines.toLocaleString('en')} lines${options.damaged ? ', damaged' : ''}`;
  const args = [MAIN, 'learn', log, '--for', 'app.service', '--dry-run', '--no-config'];
  const megabytes = statSync(log).size / 1e6;
  const figures = measure([{ name, args }], { cwd: folder, rounds: 1, usage: true }).get(name)!;
  rmSync(log);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const speed = Math.round(options.lines / (figures.wallMs / 1000)).toLocaleString('en');
  console.log(
    `${name}, ${Math.round(megabytes)} MB: ${seconds(figures.wallMs)} (CPU ${seconds(figures.cpuMs)}), ${speed} lines/s, peak ${Math.round(figures.peakMiB)} MiB`,
  );
  return figures;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'harden-learn-'));
  try {
    writeFileSync(join(folder, 'app.service'), '[Service]\nExecStart=/usr/bin/app\n');
    const small = await readingOf({ lines: SMALL, damaged: false }, folder);
    let held = true;
    for (const damaged of [false, true]) {
      const { peakMiB } = await readingOf({ lines: LARGE, damaged }, folder);
      const reached = peakMiB / small.peakMiB;
      held &&= reached <= GOAL;
      console.log(
        `${reached <= GOAL ? 'holds ' : 'MISSED'}  peak memory to that of ${SMALL.toLocaleString('en')} lines: ${reached.toFixed(2)}x (goal ${GOAL}x)`,
      );
    }
    process.exitCode = held ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
