/**
 * Compares harden's exposure score with systemd's own:
 *   npm run exposure -- [--random=COUNT] [--seed=NUMBER] [--user] DIR...
 * Every distinct *.service file of the folders, and random units when asked. Exits with 1 on any difference.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { exposureOf, type Exposure } from '../src/exposure/exposure.js';
import type { UnitDocument } from '../src/formats/systemd/document.js';
import { parseUnit } from '../src/formats/systemd/parse.js';
import { randomUnits } from './random-units.js';
import { systemdVersion, verdictsOf, type Verdict } from './systemd-analyze.js';

interface Sample {
  /** Where it comes from, for the report. */
  readonly origin: string;
  /** `.service`, `@.service` or `@instance.service`. */
  readonly suffix: string;
  readonly text: string;
  readonly dropIn?: string | undefined;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    random: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    user: { type: 'boolean', default: false },
  },
});
const manager = values.user ? 'user' : 'system';

function filesOf(folder: string): readonly Sample[] {
  const texts = new Map<string, Sample>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.service')) continue;
    const origin = join(entry.parentPath, entry.name);
    const text = readFileSync(origin, 'utf8');
    const suffix = /(@[^@]*)?\.service$/.exec(basename(origin))![0];
    if (!texts.has(text)) texts.set(text, { origin, suffix, text });
  }
  return [...texts.values()];
}

function randomSamples(count: number, seed: number): readonly Sample[] {
  return randomUnits(count, seed).map(({ text, template, dropIn }, index) => ({
    origin: `random unit ${index} of seed ${seed}`,
    suffix: template ? '@.service' : '.service',
    // The user manager's %u is who runs this script, perhaps root.
    text: values.user ? text.replaceAll('%u', 'user') : text,
    dropIn: values.user ? dropIn?.replaceAll('%u', 'user') : dropIn,
  }));
}

function differences(ours: Exposure, theirs: Verdict): readonly string[] {
  const found = ours.checks
    .filter(({ id, exposure, good }) => {
      const check = theirs.checks.get(id);
      return check === undefined || (check.set ?? undefined) !== good || Number(check.exposure) !== exposure;
    })
    .map(({ id, exposure, good }) => {
      const check = theirs.checks.get(id);
      return `${id} ${good} ${exposure}, systemd ${check?.set} ${check?.exposure}`;
    });
  if (ours.checks.length !== theirs.checks.size) found.push('another number of checks');
  if (ours.rating !== theirs.rating) found.push(`rating ${ours.rating}, systemd ${theirs.rating}`);
  return found;
}

function document(path: string, text: string): UnitDocument | string {
  const parsed = parseUnit(path, text);
  return parsed.ok ? parsed.document : parsed.reason;
}

/** Compares one lot of units and prints its row; true when all are equal. */
function compare(title: string, samples: readonly Sample[]): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'harden-exposure-'));
  const files = samples.map(({ suffix, text, dropIn }, index) => {
    const file = `unit${index}${suffix}`;
    writeFileSync(join(folder, file), text);
    if (dropIn !== undefined) {
      mkdirSync(join(folder, `${file}.d`));
      writeFileSync(join(folder, `${file}.d`, '50-more.conf'), dropIn);
    }
    return file;
  });
  const verdicts = verdictsOf(folder, files, manager);
  rmSync(folder, { recursive: true });

  const count = {
    compared: 0,
    equal: 0,
    different: 0,
    checks: 0,
    refused: 0,
    scored: 0,
    unread: 0,
    noService: 0,
  };
  const offenders: string[] = [];
  samples.forEach(({ origin, text, dropIn }, index) => {
    const theirs = verdicts.get(files[index]!.replace(/@\.service$/, '@i.service'));
    const unit = document(files[index]!, text);
    const more = dropIn === undefined ? [] : [document('50-more.conf', dropIn)];
    const dropIns = more.filter((part) => typeof part !== 'string');
    const ours = typeof unit === 'string' ? undefined : exposureOf(unit, { dropIns, manager });
    if (theirs === undefined) {
      count.refused += 1;
      if (ours !== undefined) count.scored += 1;
    } else if (typeof unit === 'string') count.unread += 1;
    else if (unit.lastSection('Service') === undefined) count.noService += 1;
    else if (ours === undefined) offenders.push(`${origin}: not scored, systemd ${theirs.score}`);
    else {
      const found = differences(ours, theirs);
      count.compared += 1;
      if (ours.score === theirs.score) count.equal += 1;
      if (Math.abs(ours.score - theirs.score) > 0.05) count.different += 1;
      count.checks += found.length;
      if (ours.score !== theirs.score || found.length > 0) {
        offenders.push(
          `${origin}: ${ours.score}, systemd ${theirs.score}`,
          ...found.map((line) => `    ${line}`),
        );
      }
    }
  });
  console.log(
    [
      `${title}: ${samples.length} units, ${count.compared} compared`,
      `${count.equal} equal, ${count.different} different to more than 0.05, ${count.checks} checks different`,
      `${count.refused} refused by systemd (${count.scored} of them scored), ${count.unread} not read by harden, ${count.noService} without [Service]`,
    ].join('; '),
  );
  for (const line of offenders.slice(0, 60)) console.log(`  ${line}`);
  return offenders.length === 0;
}

console.log(systemdVersion() ?? 'systemd-analyze is not installed');
const equal = positionals.map((folder) => compare(folder, filesOf(folder)));
const random = Number(values.random);
if (random > 0)
  equal.push(compare(`random, seed ${values.seed}`, randomSamples(random, Number(values.seed))));
process.exitCode = equal.includes(false) ? 1 : 0;
