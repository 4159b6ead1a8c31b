import { parse, type TomlTable } from 'smol-toml';
import { getStaticTOMLValue, parseTOML, type AST } from 'toml-eslint-parser';
import { edits, lineEnding, refused, type Edits } from '../../core/text.js';
import { isTable } from './document.js';
import { canonical, withoutMark } from './parse.js';

/** What `fly deploy` builds: https://fly.io/docs/reference/configuration/#the-build-section */
export type FlyBuild =
  /** A Dockerfile, relative to the folder of the file; flyctl's default is `Dockerfile`. */
  | { readonly kind: 'dockerfile'; readonly dockerfile: string; readonly target: string | undefined }
  /** An image, buildpacks or a builtin; or nothing that can be read. */
  | { readonly kind: 'none' };

const NONE: FlyBuild = { kind: 'none' };

export function flyBuild(text: string): FlyBuild {
  const config = read(text);
  // Other tools have a fly.toml too; flyctl asks for the app's name.
  return config === undefined || typeof config.app !== 'string' ? NONE : buildOf(config);
}

/** The build of what is known to be a Fly app's configuration. */
export function buildOf(config: TomlTable): FlyBuild {
  const build = config.build ?? {};
  if (!isTable(build) || ['image', 'builder', 'buildpacks', 'builtin'].some((key) => key in build))
    return NONE;
  const dockerfile = build.dockerfile ?? 'Dockerfile';
  const target = build['build-target'] ?? build.build_target;
  return typeof dockerfile === 'string'
    ? { kind: 'dockerfile', dockerfile, target: typeof target === 'string' ? target : undefined }
    : NONE;
}

/** Makes a fly.toml build from another Dockerfile; nothing else of it changes. */
export function pointFly(text: string, dockerfile: string): Edits {
  const before = read(text);
  if (before === undefined) return refused('it is not TOML');
  const edit = dockerfileEdit(withoutMark(text), dockerfile);
  if (!edit.ok) return edit;
  const [{ start, end, text: inserted }] = edit.edits as [(typeof edit.edits)[number]];
  const after = read(text.slice(0, start) + inserted + text.slice(end));
  const build = isTable(before.build) ? before.build : {};
  const expected = { ...before, build: { ...build, dockerfile } };
  return canonical(after) === canonical(expected) ? edit : refused('more than its Dockerfile would change');
}

function read(text: string): TomlTable | undefined {
  try {
    return parse(withoutMark(text));
  } catch {
    return undefined;
  }
}

function dockerfileEdit(text: string, dockerfile: string): Edits {
  let top: readonly (AST.TOMLKeyValue | AST.TOMLTable)[];
  try {
    top = parseTOML(text).body[0].body;
  } catch {
    return refused('it is not TOML');
  }
  const eol = lineEnding(text);
  const value = JSON.stringify(dockerfile);
  const tables = top.filter((item) => item.type === 'TOMLTable');
  const build = tables.find((table) => table.kind === 'standard' && table.resolvedKey.join('.') === 'build');
  const pairs = top.filter((item) => item.type === 'TOMLKeyValue');
  const inline = pairs.find((item) => getKey(item) === 'build');
  const inlined = inline?.value.type === 'TOMLInlineTable' ? inline.value.body : [];
  const own =
    [...(build?.body ?? []), ...inlined].find((pair) => getKey(pair) === 'dockerfile') ??
    pairs.find((pair) => getKey(pair) === 'build.dockerfile');
  if (own !== undefined) {
    if (own.value.type !== 'TOMLValue' || own.value.kind !== 'string' || own.value.multiline)
      return refused('its dockerfile is not a plain text');
    const [start, end] = own.value.range;
    const quoted = text[start] === "'" && !dockerfile.includes("'") ? `'${dockerfile}'` : value;
    return edits({ start, end, text: quoted });
  }
  const pair = `dockerfile = ${value}`;
  if (build !== undefined) {
    const first = build.body[0];
    const indent = first === undefined ? innerIndent(text, tables) : indentAt(text, first.range[0]);
    const at = endOfLine(text, build.key.range[1]);
    return edits({ start: at, end: at, text: eol + indent + pair });
  }
  if (inline?.value.type === 'TOMLInlineTable') {
    const at = inline.value.range[0] + 1;
    return edits({ start: at, end: at, text: inline.value.body.length === 0 ? ` ${pair} ` : ` ${pair},` });
  }
  if (pairs.some((item) => getKey(item).startsWith('build')))
    return refused('its build is written key by key');
  const last = pairs.at(-1);
  if (last === undefined) return refused('it has no key of its own');
  const at = endOfLine(text, last.range[1]);
  return edits({ start: at, end: at, text: `${eol}${eol}[build]${eol}${innerIndent(text, tables)}${pair}` });
}

function getKey(pair: AST.TOMLKeyValue): string {
  return pair.key.keys.map((key) => String(getStaticTOMLValue(key))).join('.');
}

/** The indent of the keys in the file's tables. */
function innerIndent(text: string, tables: readonly AST.TOMLTable[]): string {
  const first = tables.find(({ body }) => body.length > 0)?.body[0];
  return first === undefined ? '' : indentAt(text, first.range[0]);
}

function indentAt(text: string, offset: number): string {
  return /[ \t]*$/.exec(text.slice(0, offset))?.[0] ?? '';
}

/** The end of a line without its line ending. */
function endOfLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  if (newline === -1) return text.length;
  return text[newline - 1] === '\r' ? newline - 1 : newline;
}
