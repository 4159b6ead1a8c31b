import { existsSync, readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { Format } from '../core/types.js';
import { isInside, readTextFile, systemReason } from './files.js';

/** A file to read; `path` is relative to the root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly format: Format;
}

/** A path that could not be looked at, and why. */
export interface DiscoveryFailure {
  readonly path: string;
  readonly reason: string;
}

export interface Discovery {
  readonly files: readonly SourceFile[];
  readonly failures: readonly DiscoveryFailure[];
}

/** What was asked for, among what lies around it. */
export interface Surrounded {
  /** All that says something of what was asked for, in the order of a walk over the tree. */
  readonly files: readonly SourceFile[];
  /** The paths of what was asked for, in that order; undefined where it is the whole tree. */
  readonly selected: ReadonlySet<string> | undefined;
  /** Of what was asked for. */
  readonly failures: readonly DiscoveryFailure[];
}

/** Endings of files that stand beside a Dockerfile and begin with its name without being one. */
const NOT_A_DOCKERFILE =
  /\.(dockerignore|md|txt|sh|py|js|ts|mjs|go|rb|lua|json|ya?ml|toml|bak|orig|rej|swp|patch|diff|html|lock|log|svg|png)$|~$/i;

/** `fly.toml`, `fly.production.toml`, `web.fly.toml`, `preview-fly.toml`: what `fly deploy --config` is given. */
const FLY_NAME = /^(?:.*[._-])?fly(?:[._-][\w.-]+)?\.toml$/;

/**
 * `compose.yaml`, `docker-compose.prod.yml`, and the names that podman-compose looks for besides (its COMPOSE_DEFAULT_LS):
 * `podman-compose.yml`, `container-compose.override.yml`.
 */
const COMPOSE_NAME = /^(?:(?:docker|podman|container)-)?compose.*\.ya?ml$/i;

/** The format that a file's name says; undefined for what harden doesn't read, its own output included. */
export function formatOf(name: string): Format | undefined {
  if (isOwnOutput(name)) return undefined;
  if (COMPOSE_NAME.test(name)) return 'compose';
  if (/\.service$/.test(name)) return 'systemd';
  if (/.\.container$/.test(name)) return 'quadlet';
  if (FLY_NAME.test(name)) return 'fly';
  if (/^render(?:\.[\w-]+)?\.ya?ml$/.test(name)) return 'render';
  if (/^(?:Docker|Container)file(?:[._-].*)?$/i.test(name) && !NOT_A_DOCKERFILE.test(name))
    return 'dockerfile';
  return /.\.dockerfile$/i.test(name) ? 'dockerfile' : undefined;
}

function isOwnOutput(name: string): boolean {
  return /\.harden(?:ed|ing)(?:\.|$)/.test(name);
}

const LEADS_OUT = 'is a link that leads out of the tree; it is not followed';
/** Folders that are never looked into, whatever a `.gitignore` says. */
export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['.git', 'node_modules', '.hg', '.svn']);
const ORDER: readonly Format[] = ['dockerfile', 'compose', 'systemd', 'quadlet', 'fly', 'render'];

/** A `.gitignore`, with the folder that its patterns are relative to. */
interface IgnoreRules {
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * Finds the files below the given paths, by name; folder by folder, so that a Compose file follows its
 * Dockerfiles. Respects `.gitignore`, follows no link that leaves the tree, and reports what it can't look at.
 * @param root the real path of the tree's root.
 * @param paths files or folders, absolute or relative to the root; a file is taken whatever is ignored.
 */
export function discover(root: string, paths: readonly string[]): Discovery {
  const files = new Map<string, SourceFile>();
  const failures: DiscoveryFailure[] = [];
  const name = (absolute: string): string => below(root, absolute) || '.';
  const add = (absolute: string, format: Format): void => {
    const path = name(absolute);
    if (!files.has(path)) files.set(path, { path, format });
  };
  const fail = (absolute: string, reason: string): void => {
    failures.push({ path: name(absolute), reason });
  };

  const addLink = (absolute: string, format: Format): void => {
    try {
      const real = realpathSync(absolute);
      if (!isInside(root, real)) fail(absolute, LEADS_OUT);
      else if (isOwnOutput(basename(real))) return;
      else if (statSync(real).isFile()) add(real, format);
      else if (!statSync(real).isDirectory()) fail(absolute, 'is not a regular file');
    } catch (error) {
      const broken = (error as NodeJS.ErrnoException).code === 'ENOENT';
      fail(absolute, broken ? 'is a link to a file that does not exist' : systemReason(error));
    }
  };

  const walk = (folder: string, outer: readonly IgnoreRules[]): void => {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      fail(folder, systemReason(error));
      return;
    }
    const rules = readIgnore(
      folder,
      outer,
      entries.some((entry) => entry.name === '.gitignore'),
    );
    const found: [Format, string, boolean][] = [];
    const folders: string[] = [];
    for (const entry of entries) {
      if (entry.isDirectory()) {
        const child = join(folder, entry.name);
        if (!SKIPPED_FOLDERS.has(entry.name) && !isIgnored(rules, child, true)) folders.push(child);
        continue;
      }
      const format = formatOf(entry.name);
      if (format === undefined) continue;
      const absolute = join(folder, entry.name);
      if (isIgnored(rules, absolute, false)) continue;
      if (entry.isFile() || entry.isSymbolicLink()) found.push([format, absolute, entry.isSymbolicLink()]);
      else fail(absolute, 'is not a regular file');
    }
    found.sort((a, b) => ORDER.indexOf(a[0]) - ORDER.indexOf(b[0]) || compare(a[1], b[1]));
    for (const [format, absolute, link] of found) (link ? addLink : add)(absolute, format);
    for (const child of folders.sort(compare)) walk(child, rules);
  };

  for (const path of paths) {
    const absolute = resolve(root, path);
    try {
      if (statSync(absolute).isDirectory()) {
        const folder = realpathSync(absolute);
        if (isInside(root, folder)) walk(folder, outerRules(root, folder));
        else fail(absolute, LEADS_OUT);
      } else {
        const format = formatOf(basename(absolute)) ?? formatByContent(absolute);
        if (format === undefined) fail(absolute, notRead(basename(absolute)));
        else addLink(absolute, format);
      }
    } catch (error) {
      fail(absolute, systemReason(error));
    }
  }
  return { files: [...files.values()], failures };
}

/**
 * The files of the given paths, and with them those of their project: a Compose file above a Dockerfile says how it is built,
 * and another Dockerfile reads the same ignore file. The project is the git repository, as far as it lies in the tree.
 * Without one, no folder is walked that was not asked for, as it may be a home directory: only the files in those
 * between the tree's root and the path count.
 * @param root the real path of the tree's root.
 */
export function discoverAmong(root: string, paths: readonly string[]): Surrounded {
  const { files: asked, failures } = discover(root, paths);
  const places = paths.map((path) => resolve(root, path));
  if (places.includes(root)) return { files: asked, selected: undefined, failures };
  const above = new Set(places.flatMap((place) => foldersAbove(root, place)));
  const repositories = new Set(places.flatMap((place) => repositoryAround(root, place) ?? []));
  const around = [
    ...discover(root, [...repositories]).files,
    ...[...above].flatMap((folder) => filesIn(root, folder)),
    ...asked,
  ];
  const byPath = new Map<string, SourceFile>();
  for (const file of around) if (!byPath.has(file.path)) byPath.set(file.path, file);
  return { files: [...byPath.values()], selected: new Set(asked.map(({ path }) => path)), failures };
}

/** The root of the repository that a path is in, or the tree's root where that lies inside of it. */
function repositoryAround(root: string, absolute: string): string | undefined {
  const top = repositoryOf(absolute);
  if (top === undefined) return undefined;
  return isInside(root, top) ? top : root;
}

/** The root of the git repository that a path is in. */
export function repositoryOf(absolute: string): string | undefined {
  return chainTo(absolute).findLast((at) => existsSync(join(at, '.git')));
}

/** The folders that a path is in, from the tree's root on. */
function foldersAbove(root: string, absolute: string): readonly string[] {
  return chainTo(dirname(absolute)).filter((at) => isInside(root, at));
}

/** The files in a folder alone, by name. */
function filesIn(root: string, folder: string): readonly SourceFile[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    // It says nothing of what was asked for.
    return [];
  }
  return entries
    .flatMap((entry): SourceFile[] => {
      const format = entry.isFile() ? formatOf(entry.name) : undefined;
      return format === undefined ? [] : [{ path: below(root, join(folder, entry.name)), format }];
    })
    .sort(inOrder);
}

/** A path and what it lies in, the outermost first. */
function chainTo(absolute: string): readonly string[] {
  const chain = [absolute];
  while (dirname(chain[0]!) !== chain[0]) chain.unshift(dirname(chain[0]!));
  return chain;
}

function inOrder(a: SourceFile, b: SourceFile): number {
  return ORDER.indexOf(a.format) - ORDER.indexOf(b.format) || compare(a.path, b.path);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function notRead(name: string): string {
  return isOwnOutput(name)
    ? "is harden's own output"
    : 'is no Dockerfile, Compose file, systemd service, Quadlet container, fly.toml or Render Blueprint';
}

/** A list of services, one of them of a type of Render's; a Compose file has a mapping of them. */
const BLUEPRINT = /^\s*(?:- +)?type:\s*["']?(?:web|pserv|worker|cron|keyvalue|redis)["']?\s*(?:#|$)/m;

/** A file that was named on the command line may have any name: what it is goes by its keys. */
function formatByContent(absolute: string): Format | undefined {
  if (isOwnOutput(basename(absolute))) return undefined;
  if (/\.toml$/i.test(absolute)) return 'fly';
  if (!/\.ya?ml$/i.test(absolute)) return undefined;
  const read = readTextFile(absolute);
  return read.ok && BLUEPRINT.test(read.text) ? 'render' : 'compose';
}

function readIgnore(folder: string, outer: readonly IgnoreRules[], present: boolean): readonly IgnoreRules[] {
  const file = present ? readTextFile(join(folder, '.gitignore')) : undefined;
  if (file?.ok !== true) return outer;
  // Names that differ in case are different files, as for git on every system but macOS and Windows.
  return [...outer, { folder, rules: ignore({ ignorecase: false }).add(file.text) }];
}

/**
 * The `.gitignore` files above a folder, up to the root of its repository, or else of the run. None of them holds
 * for a folder that they ignore: it was named on purpose.
 */
function outerRules(root: string, folder: string): readonly IgnoreRules[] {
  const chain = chainTo(folder);
  const top = chain.indexOf(repositoryOf(folder) ?? root);
  if (top === -1) return [];
  const rules = chain
    .slice(top, -1)
    .reduce<readonly IgnoreRules[]>((outer, above) => readIgnore(above, outer, true), []);
  return isIgnored(rules, folder, true) ? [] : rules;
}

/** The innermost `.gitignore` with an opinion decides, as git does it. */
function isIgnored(rules: readonly IgnoreRules[], absolute: string, folder: boolean): boolean {
  for (let at = rules.length - 1; at >= 0; at -= 1) {
    const { folder: base, rules: patterns } = rules[at]!;
    const verdict = patterns.test(below(base, absolute) + (folder ? '/' : ''));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/** The path from a folder to what lies below it (or, with `..`, elsewhere), with `/`. */
function below(folder: string, absolute: string): string {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  // Cutting costs a fraction of what `relative` does, and a large tree asks for each of its entries.
  const path = absolute.startsWith(prefix) ? absolute.slice(prefix.length) : relative(folder, absolute);
  return sep === '/' ? path : path.split(sep).join('/');
}
