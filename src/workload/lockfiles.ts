import { parse as parseYaml } from 'yaml';

type Ranges = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a JSON text holds; undefined for anything else. */
export function readJson(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readYaml(text: string): Fields | undefined {
  try {
    const value: unknown = parseYaml(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function ranges(value: unknown): Ranges {
  return Object.fromEntries(
    Object.entries(fields(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The first name that two lists of ranges don't agree on. */
function difference(a: Ranges, b: Ranges): string | undefined {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].find((name) => a[name] !== b[name]);
}

/** What a package manager would say of a project; `undefined` when its lockfile is in step with its manifest. */
export type Disagreement = string | undefined;

const OUT_OF_STEP = (name: string): string => `the lockfile and package.json disagree on ${name}`;
const UNREADABLE = 'the lockfile or package.json could not be read';
const WORKSPACE = 'it is a workspace: the lockfile is compared with every package of it';

/** The path under which Node would find a package: beside the one that needs it, or above. */
function isResolved(packages: Fields, from: string, name: string): boolean {
  for (let at = from; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${at}/node_modules/${name}`] !== undefined) return true;
  }
  return packages[`node_modules/${name}`] !== undefined;
}

/** What npm would find missing: a dependency, or since npm 7 a peer, that no package of the lockfile stands for. */
function missingFrom(packages: Fields, withPeers: boolean): string | undefined {
  for (const [path, entry] of Object.entries(packages)) {
    const { dependencies, peerDependencies, peerDependenciesMeta, link, optional } = fields(entry);
    if (link === true || optional === true || (path !== '' && !path.includes('node_modules/'))) continue;
    const peers = Object.keys(withPeers ? fields(peerDependencies) : {}).filter(
      (name) => fields(fields(peerDependenciesMeta)[name]).optional !== true,
    );
    const missing = [...Object.keys(fields(dependencies)), ...peers].find(
      (name) => !isResolved(packages, path, name),
    );
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/**
 * https://docs.npmjs.com/cli/commands/npm-ci: "if dependencies in the package lock do not match those in package.json,
 * npm ci will exit with an error". It also does when a package's own dependency has no entry.
 */
export function npmDisagrees(manifest: Fields, lockText: string, legacyPeers: boolean): Disagreement {
  const lock = readJson(lockText);
  if (lock === undefined) return UNREADABLE;
  if (manifest.workspaces !== undefined) return WORKSPACE;
  const packages = fields(lock.packages);
  if (!isFields(packages['']))
    return 'its lockfileVersion keeps no ranges that could be compared with package.json';
  const root = packages[''];
  for (const group of [...GROUPS, 'peerDependencies']) {
    const name = difference(ranges(manifest[group]), ranges(root[group]));
    if (name !== undefined) return OUT_OF_STEP(name);
  }
  const missing = missingFrom(packages, !legacyPeers);
  return missing === undefined ? undefined : `the lockfile has no entry for ${missing}`;
}

/** The lockfileVersion of a package-lock.json. */
export function npmLockVersion(lockText: string): number {
  const version = readJson(lockText)?.lockfileVersion;
  return typeof version === 'number' ? version : 0;
}

/** Yarn 1 with `--frozen-lockfile` stops when a range of package.json is no key of the lockfile. */
export function yarnClassicDisagrees(manifest: Fields, lockText: string): Disagreement {
  if (manifest.workspaces !== undefined) return WORKSPACE;
  if (manifest.resolutions !== undefined)
    return 'package.json has resolutions, which the lockfile keeps otherwise';
  const keys = new Set(
    [...lockText.matchAll(/^(\S.*):\s*$/gm)].flatMap(([, line = '']) =>
      line.split(',').map((key) => key.trim().replace(/^"|"$/g, '')),
    ),
  );
  for (const group of GROUPS) {
    for (const [name, range] of Object.entries(ranges(manifest[group]))) {
      if (!range.startsWith('link:') && !keys.has(`${name}@${range}`)) return OUT_OF_STEP(name);
    }
  }
  return undefined;
}

/** The version that package.json's `packageManager` pins a tool to. */
function pinned(manifest: Fields, tool: string): number | undefined {
  const { packageManager } = manifest;
  const match = typeof packageManager === 'string' ? /^(\w+)@(\d+)\./.exec(packageManager) : null;
  return match?.[1] === tool ? Number(match[2]) : undefined;
}

/** Lockfile versions that a major version of Yarn writes: another one would be migrated, which `--immutable` forbids. */
const BERRY_LOCKS: Readonly<Record<number, readonly number[]>> = { 3: [6, 7], 4: [8] };

/** Yarn since version 2 with `--immutable` stops when it would write the lockfile. */
export function yarnBerryDisagrees(manifest: Fields, lockText: string): Disagreement {
  const lock = readYaml(lockText);
  if (lock === undefined) return UNREADABLE;
  if (manifest.workspaces !== undefined) return WORKSPACE;
  const major = pinned(manifest, 'yarn');
  const version = Number(fields(lock.__metadata).version);
  if (major === undefined)
    return 'package.json pins no version of Yarn, and another one migrates the lockfile';
  if (BERRY_LOCKS[major]?.includes(version) !== true) {
    return `Yarn ${major} does not write lockfiles of version ${version}`;
  }
  const own = Object.entries(lock).find(([key]) => key.includes('@workspace:.'))?.[1];
  if (!isFields(own)) return UNREADABLE;
  const declared = Object.assign({}, ...GROUPS.map((group) => ranges(manifest[group]))) as Ranges;
  const locked = ranges(own.dependencies);
  const bare = (list: Ranges): Ranges =>
    Object.fromEntries(Object.entries(list).map(([name, range]) => [name, range.replace(/^npm:/, '')]));
  const name = difference(bare(declared), bare(locked));
  return name === undefined ? undefined : OUT_OF_STEP(name);
}

/** The lockfile versions that a major version of pnpm reads: it ignores others, and then has none to be frozen. */
function pnpmReads(major: number, version: number): boolean {
  return version >= 9 ? major >= 9 : version >= 6 && major === 8;
}

/**
 * pnpm with `--frozen-lockfile` compares the specifiers, and the settings, that the lockfile was made with.
 * @param installed the major version that the Dockerfile installs.
 */
export function pnpmDisagrees(
  manifest: Fields,
  lockText: string,
  installed: number | undefined,
): Disagreement {
  const lock = readYaml(lockText);
  if (lock === undefined) return UNREADABLE;
  const version = Number.parseFloat(String(lock.lockfileVersion));
  const major = pinned(manifest, 'pnpm') ?? installed;
  if (major === undefined)
    return 'nothing pins the version of pnpm, and another one does not read the lockfile';
  if (!pnpmReads(major, version)) return `pnpm ${major} does not read lockfiles of version ${version}`;
  const importers = fields(lock.importers);
  if (Object.keys(importers).some((path) => path !== '.')) return WORKSPACE;
  const { overrides, patchedDependencies } = fields(manifest.pnpm);
  if (patchedDependencies !== undefined || lock.patchedDependencies !== undefined) {
    return 'it patches dependencies: the patches must be there';
  }
  if (difference(ranges(overrides), ranges(lock.overrides)) !== undefined) return OUT_OF_STEP('overrides');
  const own = isFields(importers['.']) ? importers['.'] : lock;
  for (const group of GROUPS) {
    const specifiers = Object.fromEntries(
      Object.entries(fields(own[group])).map(([name, entry]) => [name, String(fields(entry).specifier)]),
    );
    const name = difference(ranges(manifest[group]), specifiers);
    if (name !== undefined) return OUT_OF_STEP(name);
  }
  return undefined;
}
