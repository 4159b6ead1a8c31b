import { redact } from '../../core/redact.js';
import type { Evidence } from '../../core/types.js';
import { joinPath } from '../../formats/dockerfile/scope.js';
import type { ProgramSource } from './sources.js';

/** A place that a program writes beside its own files, or where it starts. */
export interface OwnWrite {
  /** In the image, as far as the source names it. */
  readonly path: string;
  readonly evidence: Evidence;
}

interface Idiom {
  /** A call whose first argument is a path that it writes, up to that argument. */
  readonly call: RegExp;
  /** What joins the paths that are its arguments. */
  readonly join: string;
  /** The folder of the source file. */
  readonly here: string;
  /** The working directory. */
  readonly start: string;
  /** What a name stands for, up to that. */
  readonly definition: (name: string) => RegExp;
}

const NEVER = '(?!)';

const IDIOMS: Readonly<Record<ProgramSource['language'], Idiom>> = {
  // https://nodejs.org/api/fs.html, https://nodejs.org/api/sqlite.html, and better-sqlite3 and sqlite3 of npm
  node: {
    call: /\b(?:(?:mkdir|writeFile|appendFile|createWriteStream)(?:Sync)?|new\s+(?:sqlite3?\.)?Database(?:Sync)?)\(\s*/g,
    join: '(?:path\\.)?(?:join|resolve)\\(',
    here: '__dirname|import\\.meta\\.dirname',
    start: 'process\\.cwd\\(\\)',
    definition: (name) => new RegExp(`\\b(?:const|let|var)\\s+${name}(?:\\s*:\\s*string)?\\s*=\\s*`),
  },
  // https://docs.python.org/3/library/functions.html#open, https://docs.python.org/3/library/os.html
  python: {
    call: /\b(?:os\.mkdir|os\.makedirs|sqlite3\.connect|FileHandler|open(?=\([^\n]*,\s*(?:mode=)?['"][wax]b?\+?['"]))\(\s*/g,
    join: 'os\\.path\\.join\\(',
    here: 'os\\.path\\.dirname\\((?:os\\.path\\.(?:abspath|realpath)\\(__file__\\)|__file__)\\)',
    start: 'os\\.getcwd\\(\\)',
    definition: (name) => new RegExp(`^${name}(?:\\s*:\\s*str)?\\s*=\\s*`, 'm'),
  },
  // https://pkg.go.dev/os
  go: {
    call: /\bos\.(?:Create|Mkdir|MkdirAll|WriteFile)\(\s*/g,
    join: 'filepath\\.Join\\(',
    here: NEVER,
    start: NEVER,
    definition: (name) => new RegExp(`\\b${name}\\s*(?:string\\s*)?:?=\\s*`),
  },
};

/** The places below the working directory that the sources write, by relative paths or by their own folder. */
export function ownWrites(
  sources: readonly ProgramSource[],
  workdir: string,
  buildContext: string,
): readonly OwnWrite[] {
  return sources.flatMap((source) => {
    const { call } = IDIOMS[source.language];
    return [...source.text.matchAll(call)].flatMap((match) => {
      const start = source.text.lastIndexOf('\n', match.index) + 1;
      const [line = ''] = source.text.slice(start).split(/\r?\n/, 1);
      const path = placeAt(source, match.index + match[0].length, { workdir, buildContext });
      if (path === undefined || /^\s*(?:\/\/|#|\*)/.test(line)) return [];
      const number = source.text.slice(0, start).split('\n').length;
      return [{ path, evidence: { file: source.file, line: number, text: redact(line.trim()) } }];
    });
  });
}

interface Places {
  readonly workdir: string;
  readonly buildContext: string;
}

/** An absolute path, a home, a URL, `:memory:`. */
const ELSEWHERE = /^[/~\\:]|^\w+:/;

/** One name may stand for another's place, as in `join(DATA, 'cache')`. */
const MAX_DEPTH = 3;

/** The place that an expression names, as far as it is written out; undefined for one that isn't relative. */
function placeAt(source: ProgramSource, offset: number, places: Places, depth = 0): string | undefined {
  const [first, ...rest] = partsOf(source.text.slice(offset), IDIOMS[source.language]);
  const base = first === undefined ? undefined : baseOf(source, first, places, depth);
  const unknown = rest.findIndex(({ literal }) => literal === undefined);
  const known = rest.slice(0, unknown === -1 ? rest.length : unknown);
  return base === undefined
    ? undefined
    : joinPath(base, `./${known.map(({ literal }) => literal).join('/')}`);
}

function baseOf(source: ProgramSource, part: Part, places: Places, depth: number): string | undefined {
  const { here, start, literal, name } = part;
  if (here !== undefined) return folderOf(source, places);
  if (start !== undefined) return places.workdir;
  if (literal !== undefined) return ELSEWHERE.test(literal) ? undefined : joinPath(places.workdir, literal);
  const defined =
    name === undefined || depth === MAX_DEPTH
      ? null
      : IDIOMS[source.language].definition(name).exec(source.text);
  if (defined === null) return undefined;
  return placeAt(source, defined.index + defined[0].length, places, depth + 1);
}

type Part = Readonly<Partial<Record<'here' | 'start' | 'name' | 'literal', string>>>;

/** What is joined or added to a path, up to what is neither a name nor a literal. */
function partsOf(text: string, { join, here, start }: Idiom): readonly Part[] {
  const joined = new RegExp(`^${join}`).exec(text)?.[0];
  const token = new RegExp(
    `^\\s*(?:(?<here>${here})|(?<start>${start})|(?<name>[A-Za-z_]\\w*)(?![\\w.([])|['"\`](?<literal>[^'"\`$\\n]*)(?<cut>\\$?)['"\`]?)\\s*`,
  );
  const separator = joined === undefined ? /^\+/ : /^[,+]/;
  const parts: Part[] = [];
  // `${a}/b` is a + '/b'.
  let rest = text.slice(joined?.length ?? 0).replace(/^\s*`\$\{([^}]*)\}/, '$1 + `');
  for (let match = token.exec(rest); match?.groups !== undefined; match = token.exec(rest)) {
    const { literal, cut } = match.groups;
    // What a variable ends is only known up to its folder.
    parts.push(cut === '$' ? { literal: literal!.replace(/[^/]*$/, '') } : match.groups);
    rest = rest.slice(match[0].length);
    if (cut === '$' || !separator.test(rest)) break;
    rest = rest.slice(1);
  }
  return parts;
}

/** The folder of a source in the image: the working directory has what the build context has, most likely. */
function folderOf({ file }: ProgramSource, { workdir, buildContext }: Places): string {
  const inContext = file.startsWith(`${buildContext}/`) ? file.slice(buildContext.length + 1) : file;
  return joinPath(workdir, joinPath(inContext, '..'));
}
