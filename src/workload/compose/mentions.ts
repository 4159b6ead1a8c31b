import { literal } from '../../core/text.js';
import { isMap, isScalar, isSeq, type Document } from 'yaml';
import { cite } from '../../core/evidence.js';
import { redact } from '../../core/redact.js';
import type { Evidence } from '../../core/types.js';
import { resolveAlias } from '../../formats/compose/document.js';
import { mountsOf } from './mounts.js';
import { environmentFilePaths } from './environment.js';
import { isRecord, strings } from './plain.js';
import { citeField, folderOf, join, type Field, type ServiceView } from './project.js';

/** Where a service may name another one that it talks to. */
const KEYS = [
  'depends_on',
  'links',
  'environment',
  'command',
  'entrypoint',
  'labels',
  'extra_hosts',
  'build',
];

/** The names under which the services of a project find this one. */
export function namesOf(view: ServiceView): readonly string[] {
  return [view.name, ...['container_name', 'hostname'].flatMap((key) => strings(view.last(key)?.value))];
}

/** A pattern for any of them. */
export function hostPattern(view: ServiceView): RegExp {
  const words = namesOf(view).map(literal);
  return new RegExp(`(?<![\\w-])(?:${words.join('|')})(?![\\w-])`, 'i');
}

/** The first place where what is known of a service names a host: its own keys, its environment files, its mounted files. */
export function mentionOf(view: ServiceView, host: RegExp): Evidence | undefined {
  for (const field of view.fields('healthcheck')) {
    const test = isRecord(field.value) ? strings(field.value.test).join(' ') : '';
    if (addressed(host).test(test)) return citeField(field);
  }
  for (const key of KEYS) {
    for (const field of view.fields(key)) {
      const offset = matchIn(field.node, field.yaml, (text) => {
        return host.test(text) || host.test(view.project.interpolate(text).text);
      });
      if (offset !== undefined) return cite(field.document, offset);
    }
  }
  for (const path of [...environmentFiles(view).paths, ...mountedFiles(view).paths]) {
    const lines = view.project.files.read(path)?.split('\n') ?? [];
    const at = lines.findIndex((line) => host.test(line));
    if (at !== -1) return { file: path, line: at + 1, text: redact(lines[at]!).trim() };
  }
  return undefined;
}

/** A check runs in the service's own container: a word of it is another service only where an address stands. */
function addressed(host: RegExp): RegExp {
  return new RegExp(`(?:\\/\\/|@|-h[ =]?|--host[ =])${host.source}|${host.source}:\\d`, 'i');
}

/** The offset of the first scalar whose text passes, keys included. */
export function matchIn(node: unknown, yaml: Document, test: (text: string) => boolean): number | undefined {
  const target = resolveAlias(node, yaml);
  if (isScalar(target)) {
    const text = typeof target.value === 'string' ? target.value : (target.source ?? '');
    return test(text) ? (target.range?.[0] ?? 0) : undefined;
  }
  if (isMap(target)) {
    for (const { key, value } of target.items) {
      const found = matchIn(key, yaml, test) ?? matchIn(value, yaml, test);
      if (found !== undefined) return found;
    }
  } else if (isSeq(target)) {
    for (const item of target.items) {
      const found = matchIn(item, yaml, test);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

interface Files {
  readonly paths: readonly string[];
  /** The first of the files that can't be read, as written, and why. */
  readonly unread: string | undefined;
}

/** The environment files of a service. */
export function environmentFiles(view: ServiceView): Files {
  const fields = view.fields('env_file');
  return readable(
    view,
    fields.flatMap((field) => environmentFilePaths(field).map((path) => ({ path, field }))),
  );
}

/** The configuration files of the project that are mounted into a service, be it as `configs` or as binds. */
export function mountedFiles(view: ServiceView): Files {
  const field = view.last('volumes');
  if (field === undefined) return { paths: [], unread: undefined };
  const binds = mountsOf(view).filter(({ kind }) => kind === 'bind');
  const files = binds.flatMap(({ source = '', target }) => {
    const filled = view.project.interpolate(source);
    if (HARMLESS_TARGET.test(target) || HOST_PATH.test(filled.text)) return [];
    return [{ path: source, field, target }];
  });
  return readable(view, files);
}

/** What a service mounts of the host that names no service. */
const HOST_PATH =
  /^\/(?:$|(?:proc|sys|dev|run|var\/(?:run|log|lib\/docker)|lib\/modules|etc\/(?:localtime|timezone|hostname|resolv\.conf|passwd|group|machine-id|ssl|letsencrypt))(?:\/|$))/;

/** What is mounted here is content, not configuration. */
const HARMLESS_TARGET =
  /(?:^\/usr\/share\/nginx\/html|\/(?:static|media|uploads?|certs?|ssl|logs?|letsencrypt|acme|backups?))$|^\/etc\/(?:localtime|timezone)$/i;

/** A path that isn't in the tree is made as an empty folder when the service starts, unless it is meant to be in it. */
function isConfiguration(path: string, target: string): boolean {
  return /conf|setting|secret|env|\.\w+$/i.test(path) || /^\/etc(?:\/|$)|conf/i.test(target);
}

interface WrittenPath {
  readonly path: string;
  readonly field: Field;
  /** Where it stands in the container. */
  readonly target?: string;
}

function readable(view: ServiceView, written: readonly WrittenPath[]): Files {
  const { project } = view;
  const paths: string[] = [];
  let unread: string | undefined;
  for (const { path, field, target = '/etc' } of written) {
    const filled = project.interpolate(path);
    const relative = /^[/~$\\]/.test(filled.text) || filled.unresolved.length > 0 ? undefined : filled.text;
    const inside = relative === undefined ? undefined : join(folderOf(field.document.path), relative);
    const kind = inside === undefined ? undefined : project.files.kind(inside);
    if (inside !== undefined && kind === 'file' && project.files.read(inside) !== undefined) {
      paths.push(inside);
    } else if (
      kind !== 'missing' ||
      inside?.startsWith('..') === true ||
      isConfiguration(filled.text, target)
    ) {
      unread ??= path;
    }
  }
  return { paths, unread };
}
