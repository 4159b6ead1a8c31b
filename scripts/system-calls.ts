/**
 * `npx tsx scripts/system-calls.ts DOCKER LIBSECCOMP`: writes the data of src/seccomp/data from two unpacked releases, as
 * Debian's source packages hold them (`apt-get source --tar-only docker.io libseccomp`). DOCKER is the folder of the
 * engine (it holds vendor/github.com/moby/profiles), LIBSECCOMP that of libseccomp (it holds src/syscalls.csv).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { stringify } from 'yaml';
import { packageRoot } from '../src/io/package.js';
import type { Comparison, Condition, EngineDefaultSource } from '../src/seccomp/engine-default.js';
import type { Runs, SystemCallsSource } from '../src/seccomp/system-calls.js';

const [docker, libseccomp] = process.argv.slice(2);
if (docker === undefined || libseccomp === undefined) {
  console.error('usage: npx tsx scripts/system-calls.ts DOCKER LIBSECCOMP');
  process.exit(2);
}

/** A rule of the engine's default profile as its JSON has it. */
interface EngineRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly Comparison[];
  readonly includes?: Condition;
  readonly excludes?: Condition;
}

interface EngineProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet: number;
  readonly archMap: readonly {
    readonly architecture: string;
    readonly subArchitectures: readonly string[] | null;
  }[];
  readonly syscalls: readonly EngineRule[];
}

/** The version of a module that the engine was built with. */
function vendored(module: string): string {
  const modules = readFileSync(join(docker!, 'vendor', 'modules.txt'), 'utf8');
  const version = modules.split('\n').find((line) => line.startsWith(`# ${module} `));
  if (version === undefined) throw new Error(`vendor/modules.txt doesn't name ${module}`);
  return version.split(' ')[2]!;
}

function engineDefault(): EngineDefaultSource {
  const file = join(docker!, 'vendor', 'github.com', 'moby', 'profiles', 'seccomp', 'default.json');
  const profile = JSON.parse(readFileSync(file, 'utf8')) as EngineProfile;
  if (profile.defaultAction !== 'SCMP_ACT_ERRNO') throw new Error(`default action ${profile.defaultAction}`);
  const version = vendored('github.com/moby/profiles/seccomp');
  return {
    source: `https://github.com/moby/profiles/blob/seccomp/${version}/seccomp/default.json`,
    version: `moby/profiles seccomp ${version}`,
    license: 'Apache-2.0, Copyright The Moby Authors',
    errno: profile.defaultErrnoRet,
    architectures: Object.fromEntries(
      profile.archMap.map(({ architecture, subArchitectures }) => [architecture, subArchitectures ?? []]),
    ),
    rules: profile.syscalls.map(ruleOf),
  };
}

function ruleOf(rule: EngineRule): EngineDefaultSource['rules'][number] {
  const { names, action, errnoRet, args, includes, excludes } = rule;
  const refuses = action === 'SCMP_ACT_ERRNO' && errnoRet !== undefined;
  if (action !== 'SCMP_ACT_ALLOW' && !refuses) throw new Error(`${names.join(' ')}: ${action}`);
  return {
    calls: names.join(' '),
    ...(refuses && { errno: errnoRet }),
    ...(args && { args }),
    ...(includes && { includes }),
    ...(excludes && { excludes }),
  };
}

/** The rows of libseccomp's table: a name, then for each architecture its number, or `PNR` where it has none. */
function table(): { readonly kernel: string; readonly rows: readonly ReadonlyMap<string, string>[] } {
  const text = readFileSync(join(libseccomp!, 'src', 'syscalls.csv'), 'utf8');
  const [head, ...lines] = text.trimEnd().split('\n');
  const [first, ...columns] = head!.split(',');
  const kernel = /^#syscall \((.*)\)$/.exec(first!)?.[1];
  if (kernel === undefined) throw new Error(`src/syscalls.csv begins with ${first}`);
  const row = (line: string): ReadonlyMap<string, string> =>
    new Map(line.split(',').map((cell, index) => [index === 0 ? 'name' : columns[index - 1]!, cell]));
  return { kernel, rows: lines.map(row) };
}

function systemCalls(): SystemCallsSource {
  const { kernel, rows } = table();
  const numbered = (architecture: string): ReadonlyMap<string, number> =>
    new Map(
      rows
        .filter((row) => /^\d+$/.test(row.get(architecture)!))
        .map((row) => [row.get('name')!, Number(row.get(architecture))]),
    );
  const [x86, arm] = [numbered('x86_64'), numbered('aarch64')];
  const names = rows.map((row) => row.get('name')!);
  const configure = readFileSync(join(libseccomp!, 'configure.ac'), 'utf8');
  const version = /AC_INIT\(\[libseccomp\],\s*\[([\d.]+)\]/.exec(configure)?.[1];
  if (version === undefined) throw new Error('configure.ac names no version');
  return {
    source: `https://github.com/seccomp/libseccomp/blob/v${version}/src/syscalls.csv`,
    version: `libseccomp ${version}, kernel ${kernel}`,
    license: 'LGPL-2.1, Copyright Microsoft and libseccomp contributors',
    x86_64: runs(x86),
    aarch64: runs(arm),
    elsewhere: names.filter((name) => !x86.has(name) && !arm.has(name)).join(' '),
  };
}

/** Names by their number: one entry for each run of numbers without a gap, named by its first. */
function runs(numbers: ReadonlyMap<string, number>): Runs {
  const found: Record<string, string> = {};
  let start = -1;
  let last = -2;
  for (const [name, number] of [...numbers].sort(([, one], [, other]) => one - other)) {
    if (number !== last + 1) start = number;
    found[start] = number === start ? name : `${found[start]} ${name}`;
    last = number;
  }
  return found;
}

async function write(name: string, value: object): Promise<void> {
  const file = join(packageRoot(), 'src', 'seccomp', 'data', name);
  const text = `# Written by scripts/system-calls.ts.\n${stringify(value, { lineWidth: 110, blockQuote: 'folded' })}`;
  const options = (await prettier.resolveConfig(file)) ?? {};
  writeFileSync(file, await prettier.format(text, { ...options, parser: 'yaml' }));
}

await write('engine-default.yml', engineDefault());
await write('system-calls.yml', systemCalls());
