import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { folderOf } from '../../workload/compose/project.js';
import { failed, passed, skipped, type Check } from '../check.js';
import type { VerifyOptions } from '../options.js';
import { call, type Outcome } from '../../io/process.js';
import type { Pair, WorkingCopy } from '../subject.js';
import { told } from '../told.js';
import { isMissing, type Command, type Missing } from '../tools.js';
import { PATIENCE } from './patience.js';
import { complaintsOf, freshComplaints } from './unit-complaints.js';

const NAME = "Podman's generator makes a unit of it";

/** Where Podman 4.4 and later keep the generator: https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html */
const PLACES = [
  '/usr/lib/systemd/system-generators/podman-system-generator',
  '/usr/libexec/podman/quadlet',
  '/usr/lib/podman/quadlet',
];

/** What a container's file may refer to, beside it. */
const BESIDE = /\.(?:container|volume|network|pod|kube|image|build)$/;

/** The generator of this machine. */
export function findGenerator(places: readonly string[] = PLACES): Command | Missing {
  const program = places.find((path) => existsSync(path));
  if (program === undefined) return { missing: "Podman's generator for Quadlets is not installed" };
  return { version: '', call: (args, options) => call(program, args, options) };
}

/** Has Podman's generator read each Quadlet among its neighbours, before and after. */
export async function* quadletChecks(
  copy: WorkingCopy,
  { signal }: VerifyOptions,
  generator: Command | Missing = findGenerator(),
): AsyncGenerator<Check> {
  for (const pair of copy.pairs.filter(({ format }) => format === 'quadlet')) {
    if (signal.aborted) return;
    const check = isMissing(generator)
      ? skipped('static', pair.path, NAME, generator.missing)
      : await quadletCheck(generator, pair, copy, signal);
    if (signal.aborted) return;
    yield check;
  }
}

async function quadletCheck(
  generator: Command,
  pair: Pair,
  copy: WorkingCopy,
  signal: AbortSignal,
): Promise<Check> {
  const folder = await mkdtemp(join(tmpdir(), 'harden-quadlet-'));
  const generate = async (variant: string, text: string): Promise<Generated> => {
    const own = join(folder, variant);
    await mkdir(own);
    const beside = join(copy.folder, folderOf(pair.path));
    for (const name of readdirSync(beside).filter((entry) => BESIDE.test(entry))) {
      await copyFile(join(beside, name), join(own, name));
    }
    await writeFile(join(own, basename(pair.path)), text);
    const env = { QUADLET_UNIT_DIRS: own };
    return generated(await generator.call(['--dryrun'], { env, timeout: PATIENCE, signal }), pair, own);
  };
  try {
    const before = await generate('original', pair.original);
    const after = await generate('hardened', pair.hardened);
    const fresh = freshComplaints(before.complaints, after.complaints);
    if (!before.made && !after.made) {
      const said = told(before.complaints.join('\n'), copy);
      return skipped('static', pair.path, NAME, `it makes none of the original either: ${said}`);
    }
    return after.made && fresh.length === 0
      ? passed('static', pair.path, NAME)
      : failed('static', pair.path, NAME, told(fresh.join('\n'), copy) || 'it makes none');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Generated {
  /** True when the output has the unit that the container's file stands for. */
  readonly made: boolean;
  readonly complaints: readonly string[];
}

function generated({ stdout, stderr }: Outcome, { path }: Pair, folder: string): Generated {
  const unit = basename(path).replace(/\.container$/, '.service');
  // It names the units that it made as `---web.service---`, and tells of each file that it reads.
  const complaints = complaintsOf(stderr, folder)
    .map((line) => line.replace(/^quadlet-generator\[\d+\]: /, ''))
    .filter((line) => !/^Loading source unit file/.test(line));
  return { made: stdout.includes(`---${unit}---`), complaints };
}
