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

/** Endings of files that stand beside a Dockerfile and begin with its name without being one. */
const NOT_A_DOCKERFILE =
  /\.(dockerignore|md|txt|sh|py|js|ts|mjs|go|rb|lua|json|ya?ml|toml|bak|orig|rej|swp|patch|diff|html|lock|log|svg|png)$|~$/i;

/** `fly.toml`, `fly.production.toml`, `web.fly.toml`, `preview-fly.toml`: what `fly deploy --config` is given. */
const FLY_NAME = /^(?:.*[._-])?fly(?:[._-][\w.-]+)?\.toml$/;

/** The format that a file's name says; undefined for what harden doesn't read, its own output included. */
export function formatOf(name: string): Format | undefined {
  if (isOwnOutput(name)) return undefined;
  if (/^(?:docker-)?compose.*\.ya?ml$/i.test(name)) return 'compose';
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
const SKIPPED_FOLDERS = new Set(['.git', 'node_modules', '.hg', '.svn']);
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
  const chain = [folder];
  while (dirname(chain[0]!) !== chain[0]) chain.unshift(dirname(chain[0]!));
  const repository = chain.findLastIndex((at) => existsSync(join(at, '.git')));
  const top = repository === -1 ? chain.indexOf(root) : repository;
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
