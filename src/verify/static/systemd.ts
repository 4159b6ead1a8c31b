import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { UnitDocument } from '../../formats/systemd/document.js';
import { DIRECTIVES } from '../../formats/systemd/directives.js';
import { readDropIns } from '../../io/drop-ins.js';
import { createFileReader } from '../../io/files.js';
import { managerOf, type Manager } from '../../workload/unit/identity.js';
import { failed, passed, skipped, type Check } from '../check.js';
import type { VerifyOptions } from '../options.js';
import type { Pair, WorkingCopy } from '../subject.js';
import { told } from '../told.js';
import { isMissing, type Command } from '../tools.js';
import { PATIENCE } from './patience.js';
import { complaintsOf, freshComplaints, unknownSetting } from './unit-complaints.js';

const VERIFIED = 'systemd-analyze verify finds nothing new';
const EXPOSED = 'systemd-analyze security finds it no more exposed';

/** The first release with `verify --recursive-errors` and `security --offline`: https://github.com/systemd/systemd/blob/main/NEWS */
const OFFLINE_SINCE = 250;

/** Asks systemd about each unit with its drop-ins, before and after. */
export async function* unitChecks(copy: WorkingCopy, options: VerifyOptions): AsyncGenerator<Check> {
  const { systemdAnalyze } = options.tools;
  const pairs = copy.pairs.filter(({ format }) => format === 'systemd');
  if (pairs.length === 0) return;
  const release = isMissing(systemdAnalyze) ? 0 : await releaseOf(systemdAnalyze, options);
  for (const pair of pairs) {
    if (options.signal.aborted) return;
    if (isMissing(systemdAnalyze)) {
      for (const name of [VERIFIED, EXPOSED])
        yield skipped('static', pair.path, name, systemdAnalyze.missing);
      continue;
    }
    const folder = await mkdtemp(join(tmpdir(), 'harden-unit-'));
    try {
      const units = await layOut(pair, copy, folder);
      const analyzer = createAnalyzer(systemdAnalyze, release, units, options);
      const checks = [await verifyCheck(analyzer, pair, copy), await securityCheck(analyzer, pair)];
      if (options.signal.aborted) return;
      yield* checks;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function releaseOf(analyze: Command, { signal }: VerifyOptions): Promise<number> {
  const { stdout } = await analyze.call(['--version'], { timeout: PATIENCE, signal });
  return Number(/^systemd (\d+)/m.exec(stdout)?.[1] ?? 0);
}

/** Both variants of a unit under its own name, each in a folder with the unit's drop-ins. */
interface LaidOut {
  readonly name: string;
  readonly folder: string;
  readonly original: string;
  readonly hardened: string;
  readonly manager: Manager;
}

async function layOut(pair: Pair, copy: WorkingCopy, folder: string): Promise<LaidOut> {
  const name = basename(pair.path);
  const dropIns = readDropIns(pair.path, createFileReader(copy.folder), false);
  const lay = async (variant: string, text: string): Promise<string> => {
    const own = join(folder, variant);
    await mkdir(join(own, `${name}.d`), { recursive: true });
    await writeFile(join(own, name), text);
    for (const { path, text: added } of dropIns) {
      await writeFile(join(own, `${name}.d`, basename(path)), added);
    }
    return own;
  };
  return {
    ...{ name, folder, manager: managerOf(pair.plan.original as UnitDocument).value },
    original: await lay('original', pair.original),
    hardened: await lay('hardened', pair.hardened),
  };
}

interface Analyzer {
  readonly release: number;
  complaints(variant: 'original' | 'hardened'): Promise<readonly string[]>;
  /** Undefined for a unit that systemd refuses to load. */
  exposure(variant: 'original' | 'hardened'): Promise<number | undefined>;
}

function createAnalyzer(
  analyze: Command,
  release: number,
  units: LaidOut,
  { signal }: VerifyOptions,
): Analyzer {
  const scope = units.manager === 'user' ? ['--user'] : [];
  // A user manager wants a runtime folder, which a session in a container has not.
  const env: Record<string, string> = { SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' };
  if (units.manager === 'user') env.XDG_RUNTIME_DIR = units.folder;
  return {
    release,
    complaints: async (variant) => {
      const errors = release >= OFFLINE_SINCE ? ['--recursive-errors=no'] : [];
      const args = ['verify', '--man=no', ...errors, ...scope, `./${units.name}`];
      const options = { cwd: units[variant], env, timeout: PATIENCE, signal };
      return complaintsOf((await analyze.call(args, options)).stderr, units[variant]);
    },
    exposure: async (variant) => {
      const args = ['security', '--offline=true', '--no-pager', ...scope, `./${units.name}`];
      // Only what the folder holds counts, none of this machine's units.
      const alone = { ...env, SYSTEMD_UNIT_PATH: units.folder };
      const options = { cwd: units[variant], env: alone, timeout: PATIENCE, signal };
      const score = /level for \S+: (\d+\.\d)/.exec((await analyze.call(args, options)).stdout)?.[1];
      return score === undefined ? undefined : Number(score);
    },
  };
}

async function verifyCheck({ complaints }: Analyzer, { path }: Pair, copy: WorkingCopy): Promise<Check> {
  const fresh = freshComplaints(await complaints('original'), await complaints('hardened'));
  const isTooNew = (line: string): boolean => {
    const setting = unknownSetting(line);
    return setting !== undefined && setting in DIRECTIVES;
  };
  const faults = fresh.filter((line) => !isTooNew(line));
  if (faults.length > 0) return failed('static', path, VERIFIED, told(faults.join('\n'), copy));
  const ignored = fresh.flatMap((line) => unknownSetting(line) ?? []);
  return passed(
    'static',
    path,
    VERIFIED,
    ignored.length === 0
      ? undefined
      : `this machine's systemd doesn't know ${ignored.join(', ')} yet, and passes over it`,
  );
}

async function securityCheck({ release, exposure }: Analyzer, { path }: Pair): Promise<Check> {
  if (release < OFFLINE_SINCE) {
    const reason = `systemd ${release} has no security --offline; it came with ${OFFLINE_SINCE}`;
    return skipped('static', path, EXPOSED, reason);
  }
  const [before, after] = [await exposure('original'), await exposure('hardened')];
  if (before === undefined) return skipped('static', path, EXPOSED, "it doesn't load the original either");
  if (after === undefined) return failed('static', path, EXPOSED, 'it loads the original, and not this');
  const figures = `exposure ${before.toFixed(1)} → ${after.toFixed(1)}`;
  return after > before ? failed('static', path, EXPOSED, figures) : passed('static', path, EXPOSED, figures);
}
