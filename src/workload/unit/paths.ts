import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { citeEntry, parseBoolean, type UnitDocument } from '../../formats/systemd/document.js';
import { because, citations, isWithin, known, likely, unknown, type Need } from '../model.js';
import { daemonsOf, isUnderstood } from './daemons.js';
import type { ShellWrite, UnitCommands, UsedText } from './collect.js';
import type { Manager, UnitUser } from './identity.js';

export interface WritablePath {
  readonly path: string;
  /** systemd makes it writable itself (StateDirectory= and the like, ReadWritePaths=, BindPaths=). */
  readonly managed: boolean;
  readonly evidence: Evidence;
}

/** Settings that make directories below a fixed place, writable under ProtectSystem=strict. */
const DIRECTORIES: Readonly<Record<string, string>> = {
  StateDirectory: '/var/lib/',
  CacheDirectory: '/var/cache/',
  LogsDirectory: '/var/log/',
  RuntimeDirectory: '/run/',
  ConfigurationDirectory: '/etc/',
};

const MANAGED_PATHS = ['ReadWritePaths', 'ReadWriteDirectories', 'BindPaths', 'TemporaryFileSystem'] as const;

/** Every line whose paths say what the unit's processes use. */
export function usedTexts(document: UnitDocument, commands: UnitCommands): readonly UsedText[] {
  const keys = ['WorkingDirectory', 'PIDFile', 'BindPaths', 'ReadWritePaths', 'ReadWriteDirectories'];
  const own: UsedText[] = [
    ...document.assignments('Service', ...keys),
    ...document.assignments('Service', 'Environment'),
  ].map((entry) => ({ text: entry.value, readsOnly: false, evidence: citeEntry(document, entry) }));
  const hints = document
    .assignments(
      'Unit',
      'RequiresMountsFor',
      'ConditionPathExists',
      'ConditionDirectoryNotEmpty',
      'AssertPathExists',
    )
    .map((entry) => ({ text: entry.value, readsOnly: true, evidence: citeEntry(document, entry) }));
  return [...commands.texts, ...own, ...hints];
}

/** Absolute paths named in a text: arguments, `--data-dir=/x`, `A=/x:/y`, with specifiers kept. */
export function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|[\s"'=:,(<>])(\/[^\s"'=,:;()<>|&$`*?[\]{}]+)/g)].map((match) => match[1]!);
}

const WRITABLE_ROOTS = /^\/(var|srv|opt|run|data|mnt|media|storage|volumes?|config|cache|logs?|downloads?)\//;
const READ_ONLY_ENDING =
  /\.(conf|cfg|cnf|ini|ya?ml|toml|json|hcl|properties|pem|crt|key|jar|py|js|mjs|cjs|rb|pl|sh|php|dll|so|html|xml|txt|rules|so\.\d+)$/;
const VOLATILE = /^\/(tmp|var\/tmp|dev|proc|sys)(\/|$)/;
const FILE_ENDING = /\.[A-Za-z][\w]{1,7}$/;

/** The folder to make writable for a path: the path itself when it looks like a folder. */
function writableFolder(path: string): string | undefined {
  const clean = path
    .replace(/^\/var\/run\//, '/run/')
    .replace(/\/+$/, '')
    .replace(/\/\.$/, '');
  if (clean.split('/').includes('..')) return undefined;
  const folder =
    FILE_ENDING.test(clean) || /\/sock(et)?$/.test(clean) ? clean.slice(0, clean.lastIndexOf('/')) : clean;
  if (/^(\/(usr|bin|sbin|lib(32|64)?|boot|efi|etc|home|root)?)?$/.test(folder)) return undefined;
  return folder;
}

/**
 * The first folder below a shared one: it exists before the service does, made by a package or a person, while
 * what lies deeper may be made by the service at its first start, and can't be when it is left out.
 */
function ownedFolder(folder: string): string {
  return /^\/(?:var\/[^/]+|(?!usr|etc)[^/]+)\/[^/]+/.exec(folder)?.[0] ?? folder;
}

/**
 * The folder that must be writable for a command's write, and that exists before it: a path that doesn't is
 * left out of ReadWritePaths= when the unit starts, and can't be made then.
 */
function folderToWrite({ path, makesDirectory }: ShellWrite): string | undefined {
  if (path?.startsWith('/') !== true || path.split('/').includes('..')) return undefined;
  const clean = path.replace(/^\/var\/run\//, '/run/');
  if (makesDirectory)
    return /^\/(var\/(lib|cache|log|spool|backups|tmp)|run|srv|opt|mnt|media|tmp|dev|proc|sys)(?=\/)/.exec(
      clean,
    )?.[0];
  const folder = clean.slice(0, clean.lastIndexOf('/'));
  return writableFolder(`${folder}/.`);
}

function evidencePaths(
  document: UnitDocument,
  commands: UnitCommands,
  understood: boolean,
): readonly WritablePath[] {
  const paths: WritablePath[] = [];
  const add = (path: string, evidence: Evidence): void => {
    const folder = writableFolder(path);
    if (folder === undefined || VOLATILE.test(folder)) return;
    paths.push({ path: ownedFolder(folder), managed: false, evidence });
  };
  const pid = document.last('Service', 'PIDFile');
  if (pid !== undefined) {
    const absolute = pid.value.startsWith('/') ? pid.value : `/run/${pid.value}`;
    const path = absolute.replace(/^\/var\/run\//, '/run/');
    // The daemon makes the file, so its folder must be writable even when that is /run itself.
    paths.push({
      path: path.slice(0, path.lastIndexOf('/')),
      managed: false,
      evidence: citeEntry(document, pid),
    });
  }
  for (const program of commands.programs) {
    // A program's own path is its first word; what it only reads by its ending isn't a place to write.
    for (const path of program.closed ? [] : program.args.flatMap(pathsIn)) {
      if (WRITABLE_ROOTS.test(path) && !READ_ONLY_ENDING.test(path)) add(path, program.evidence);
    }
  }
  for (const entry of document.assignments('Service', 'Environment')) {
    if (TOOL_VARIABLES.test(entry.value)) continue;
    for (const path of pathsIn(entry.value)) {
      if (WRITABLE_ROOTS.test(path) && !READ_ONLY_ENDING.test(path) && !/\/bin(\/|$)/.test(path)) {
        add(path, citeEntry(document, entry));
      }
    }
  }
  const cwd = document.last('Service', 'WorkingDirectory');
  if (cwd !== undefined && !understood)
    add(cwd.value.replace(/^-/, '').replace(/^"(.*)"$/, '$1'), citeEntry(document, cwd));
  for (const write of commands.writes) {
    const folder = folderToWrite(write);
    if (folder !== undefined && !VOLATILE.test(folder)) {
      paths.push({ path: folder, managed: false, evidence: write.evidence });
    }
  }
  return paths;
}

/** Where the daemons of the catalogue write with their usual configuration. */
function cataloguedPaths(commands: UnitCommands, user: UnitUser): readonly WritablePath[] {
  return daemonsOf(commands).flatMap(({ writable }) =>
    writable.paths.flatMap(({ cites, madeBy, path }): WritablePath[] => {
      const [evidence] = citations(cites);
      if (evidence === undefined || VOLATILE.test(path)) return [];
      // What doesn't exist when the unit starts is left out of ReadWritePaths=, and can't be made then.
      const parent = path.slice(0, path.lastIndexOf('/'));
      const root = user.kind === 'root';
      if (madeBy === 'daemon' && root && parent !== '') return [{ path: parent, managed: false, evidence }];
      return [{ path, managed: false, evidence }];
    }),
  );
}

function managedPaths(document: UnitDocument): readonly WritablePath[] {
  const made = Object.entries(DIRECTORIES).flatMap(([key, root]) =>
    document.assignments('Service', key).flatMap((entry) =>
      entry.value
        .split(/\s+/)
        .filter((name) => name !== '')
        .map((name) => ({
          path: root + name.split(':')[0]!,
          managed: true,
          evidence: citeEntry(document, entry),
        })),
    ),
  );
  const listed = MANAGED_PATHS.flatMap((key) =>
    document.assignments('Service', key).flatMap((entry) =>
      entry.value
        .split(/\s+/)
        .map((path) =>
          path
            .replace(/^["'+-]+/, '')
            .replace(/["']+$/, '')
            .split(':')
            .at(key === 'BindPaths' ? -1 : 0)!,
        )
        .filter((path) => path.startsWith('/'))
        .map((path) => ({
          path: path.replace(/^\/var\/run\//, '/run/'),
          managed: true,
          evidence: citeEntry(document, entry),
        })),
    ),
  );
  return [...made, ...listed];
}

function withoutNested(paths: readonly WritablePath[]): readonly WritablePath[] {
  return paths.filter(
    (one, at) =>
      !paths.some(
        (other, position) =>
          position !== at && isWithin(one.path, other.path) && (one.path !== other.path || position < at),
      ),
  );
}

/**
 * A place that keeps data, as opposed to a pid file, a log or a run-time socket. A path under /opt says where
 * the program lives, and its data may be anywhere, beside it for one.
 */
function keepsState({ path, managed }: WritablePath): boolean {
  if (/^\/(run|var\/log|etc|tmp)(\/|$)/.test(path)) return false;
  return managed || /^\/(var|srv|data|mnt|media|storage|volumes?)\//.test(path);
}

/** Variables that name programs and libraries, which are only read. */
const TOOL_VARIABLES =
  /^["']?(PATH|LD_\w+|JAVA_HOME|JRE_HOME|NODE_PATH|PYTHON\w*|VIRTUAL_ENV|GEM_\w+|BUNDLE_\w+|PERL5LIB|RUBYLIB|CLASSPATH|GOROOT|DOTNET_ROOT)=/;

/**
 * What the unit's processes write. Known only when they can't write anywhere else, or when every command is
 * understood; likely when the unit names where its data lives and no configuration can name more.
 */
export function writableOf(
  document: UnitDocument,
  commands: UnitCommands,
  user: UnitUser,
): Need<readonly WritablePath[]> {
  const understood = commands.opaque.length === 0 && commands.programs.every((program) => program.closed);
  const managed = managedPaths(document);
  const unmanaged = [...evidencePaths(document, commands, understood), ...cataloguedPaths(commands, user)]
    .filter(({ path }) => !managed.some((place) => isWithin(path, place.path)))
    // /run is empty at boot, and root makes its folder there itself.
    .map((path) =>
      user.kind === 'root' && path.path.startsWith('/run/') ? { ...path, path: '/run' } : path,
    );
  const extra = withoutNested(unmanaged);
  const paths = [...managed, ...extra];
  const evidence = paths.map((path) => path.evidence);
  const header = cite(document, document.lastSection('Service')!.headerRange.start);
  if (user.kind === 'dynamic') return known(paths, ...evidence);
  const homeDirectory = document
    .assignments('Service', 'WorkingDirectory')
    .findLast(({ value }) => /^-?~|%h/.test(value));
  if (understood && commands.writes.every((write) => folderToWrite(write) !== undefined)) {
    return known(
      paths,
      ...(evidence.length > 0 ? evidence : commands.programs.map((program) => program.evidence)),
    );
  }
  if (isUnderstood(commands) && !understood) {
    const elsewhere = daemonsOf(commands).find(({ writable }) => writable.elsewhere !== undefined);
    if (elsewhere === undefined) return likely(paths, ...evidence);
    return because(
      unknown(paths, ...evidence, ...citations(elsewhere.writable.cites).slice(0, 1)),
      `${elsewhere.name}: ${elsewhere.writable.elsewhere!}`,
    );
  }
  if (commands.opaque.length > 0 || understood)
    return unknown(paths, ...commands.opaque.map((item) => item.evidence), header);
  if (homeDirectory !== undefined) return unknown(paths, citeEntry(document, homeDirectory));
  const declared = paths.filter(keepsState);
  const configured = commands.configured ?? environmentFile(document);
  // Root writes wherever it likes; who isn't root owns one place, and a working directory alone may not be it.
  const enough =
    user.kind === 'root'
      ? configured === undefined && declared.some((path) => path.managed)
      : declared.some(
          (path) => path.managed || configured === undefined || !isWorkingDirectory(document, path.path),
        );
  if (enough) return likely(paths, ...evidence);
  return unknown(paths, configured ?? header);
}

/** A file of variables that may move the data elsewhere. */
function environmentFile(document: UnitDocument): Evidence | undefined {
  const entry = document.last('Service', 'EnvironmentFile');
  return entry === undefined ? undefined : citeEntry(document, entry);
}

function isWorkingDirectory(document: UnitDocument, path: string): boolean {
  const folder = document.last('Service', 'WorkingDirectory')?.value.replace(/^-/, '').replace(/\/+$/, '');
  return folder !== undefined && ownedFolder(folder) === path;
}

export type HomeUse = 'none' | 'read' | 'write';

const HOME =
  /(^|[\s"'=:,(<>])(\/home(\/|\b)|\/root(\/|\b)|\/run\/user\b|~\/)|%h|\$\{?HOME\b|\$\{?XDG_|(^|\s)-?~(\s|$)/;

/** How the unit uses /home, /root and /run/user, as far as its text, its scripts and its user say. */
export function homeOf(
  document: UnitDocument,
  texts: readonly UsedText[],
  user: UnitUser,
  manager: Manager,
): Need<HomeUse> {
  const hits = texts.filter((text) => HOME.test(text.text));
  const writes = hits.find((hit) => !hit.readsOnly);
  if (writes !== undefined) return likely('write', writes.evidence);
  const entry = document.last('Service', 'User');
  if (manager === 'system' && user.kind === 'person' && entry !== undefined) {
    return likely('write', citeEntry(document, entry));
  }
  if (hits[0] !== undefined) return likely('read', hits[0].evidence);
  return likely('none');
}

const TEMP = /(^|[\s"'=:,(<>-])\/(var\/)?tmp(\/|\b)|\bDISPLAY=|\$\{?(DISPLAY|TMPDIR)\b/;

/** Files or sockets in /tmp that something outside the unit may look at. */
export function sharedTempOf(document: UnitDocument, texts: readonly UsedText[]): readonly Evidence[] {
  const joined = document.assignments('Unit', 'JoinsNamespaceOf').map((entry) => citeEntry(document, entry));
  return [...joined, ...texts.filter((text) => TEMP.test(text.text)).map((text) => text.evidence)];
}

/** True when /tmp is private already, so that ProtectSystem=strict leaves it writable. */
export function hasPrivateTemp(document: UnitDocument): boolean {
  const value = document.last('Service', 'PrivateTmp')?.value;
  return value !== undefined && (parseBoolean(value) === true || value === 'disconnected');
}
