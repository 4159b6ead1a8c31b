import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type YAMLMap } from 'yaml';
import type { ImageBuilder } from '../core/companion.js';
import { keepLast, lazy } from '../core/lazy.js';
import { redact } from '../core/redact.js';
import type { FileReader } from '../core/types.js';
import { folderOf, join } from './compose/project.js';

interface Found extends ImageBuilder {
  /** The Dockerfile, as it may be meant: relative to the root, or to the file's own folder. */
  readonly dockerfiles: readonly string[];
}

/** Files with other names are not looked for, larger sets of them not read. */
const MAX_FILES = 100;
const WORKFLOW_FOLDERS = ['.github/workflows', '.gitea/workflows', '.forgejo/workflows', '.woodpecker'];
const CI_FILES =
  /^(?:\.gitlab-ci\.ya?ml|azure-pipelines\.ya?ml|cloudbuild\.ya?ml|bitbucket-pipelines\.yml|\.drone\.yml|\.woodpecker\.ya?ml|\.travis\.yml|Jenkinsfile)$/;
const LOCAL_FILES =
  /^(?:(?:GNU)?[Mm]akefile|package\.json|[Jj]ustfile|Taskfile\.ya?ml|docker-bake(?:\.override)?\.hcl)$/;
const KEPT_FOLDERS = 16;

/** Says what builds a Dockerfile. The files of CI are read once, when it is first asked for. */
export function createImageBuilders(files: FileReader): (dockerfile: string) => readonly ImageBuilder[] {
  const read = (path: string): readonly Found[] => {
    const text = files.read(path);
    return text === undefined || !/docker|podman|buildah|kaniko|^\s*target\b/im.test(text)
      ? []
      : buildersIn(path, text);
  };
  const namesIn = (folder: string, name: RegExp): readonly string[] =>
    files
      .list(folder)
      .filter((entry) => !entry.folder && name.test(entry.name))
      .slice(0, MAX_FILES)
      .map((entry) => join(folder, entry.name));
  const central = lazy(() =>
    [...WORKFLOW_FOLDERS.flatMap((folder) => namesIn(folder, /\.ya?ml$/)), ...namesIn('.', CI_FILES)].flatMap(
      read,
    ),
  );
  const local = keepLast(KEPT_FOLDERS, (folder) => namesIn(folder, LOCAL_FILES).flatMap(read));
  return (dockerfile) => {
    const folders = [...new Set(['.', folderOf(dockerfile)])];
    return [...central(), ...folders.flatMap(local)]
      .filter(({ dockerfiles }) => dockerfiles.includes(dockerfile))
      .map(({ file, line, text }) => ({ file, line, text }));
  };
}

function buildersIn(path: string, text: string): readonly Found[] {
  if (/\.hcl$/.test(path)) return bakeTargets(path, text);
  const yaml = /\.ya?ml$/.test(path) ? actionSteps(path, text) : [];
  return [...yaml, ...commands(path, text)].sort((a, b) => a.line - b.line);
}

/** A Dockerfile by its name, or by the context that it lies in; undefined for one that a variable names. */
function found(
  path: string,
  line: number,
  { file, context }: { readonly file: string | undefined; readonly context: string },
  text: string,
): readonly Found[] {
  const name = file ?? `${context}/Dockerfile`;
  if (/[$`{}*]|^\/|:\/\/|^-/.test(name)) return [];
  const folder = folderOf(path);
  const dockerfiles = [join(name), join(folder, name)].filter((at) => !at.startsWith('..'));
  return [{ file: path, line, text: redact(text), dockerfiles: [...new Set(dockerfiles)] }];
}

/** Steps with https://github.com/docker/build-push-action, whose file is `{context}/Dockerfile` by default. */
function actionSteps(path: string, text: string): readonly Found[] {
  if (!text.includes('build-push-action')) return [];
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const steps: YAMLMap[] = [];
  const visit = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    if (/(?:^|\/)docker\/build-push-action(?:@|$)/.test(textOf(node.get('uses', true))))
      steps.push(node as YAMLMap);
    else for (const { value } of node.items) visit(value);
  };
  visit(document.contents);
  return steps.flatMap((step) => {
    const inputs = step.get('with', true);
    const named = isMap(inputs) ? (inputs.get('file', true) as Node | undefined) : undefined;
    const context = isMap(inputs) ? (inputs.get('context', true) as Node | undefined) : undefined;
    const at = named ?? context ?? (step.get('uses', true) as Node);
    const line = lines.linePos(at.range?.[0] ?? 0).line;
    const file = named === undefined ? undefined : textOf(named);
    const from = context === undefined ? '.' : textOf(context);
    const said =
      named === undefined
        ? context === undefined
          ? 'build-push-action'
          : `context: ${from}`
        : `file: ${file}`;
    return found(path, line, { file, context: from }, said);
  });
}

function textOf(node: unknown): string {
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}

const BUILD_COMMAND =
  /\b(?:docker(?: +image| +buildx)? +build|podman +build|buildah +(?:bud|build))\b([^\n|;&]*)/g;
const KANIKO = /--dockerfile[= ]["']?([^\s"']+)/g;
/** Options of `docker build` that stand alone; all others take a value. */
const ALONE =
  /^(?:-[qD]|--(?:no-cache|pull|push|load|quiet|rm|force-rm|squash|debug|check|compress|disable-content-trust|layers|squash-all|tls-verify)(?:=.*)?)$/;

/** `docker build` in scripts, in a Makefile, in the scripts of a package.json. */
function commands(path: string, text: string): readonly Found[] {
  // Continuations become blanks of the same length, so that a place is still one of the text.
  const joined = text.replace(/\\\r?\n/g, (end) => ' '.repeat(end.length));
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const builds = [...joined.matchAll(BUILD_COMMAND)].flatMap((match) => {
    if (/^\s*(?:#|\/\/)/.test(joined.slice(joined.lastIndexOf('\n', match.index) + 1, match.index + 1)))
      return [];
    // In JSON a quote ends the command.
    const [said = ''] = /\.json$/.test(path) ? match[0].split(/(?<!\\)"/, 1) : [match[0]];
    const { file, context } = parsed(said.slice(match[0].length - (match[1] ?? '').length));
    if (file === undefined && context === undefined) return [];
    const command = said.trim().replace(/\s+/g, ' ');
    const short = file === undefined ? command.slice(0, 60) : `-f ${file}`;
    return found(path, lineAt(match.index), { file, context: context ?? '.' }, short);
  });
  const kaniko = text.includes('kaniko')
    ? [...joined.matchAll(KANIKO)].flatMap((match) => {
        const file = (match[1] ?? '').replace(/^\$\{?CI_PROJECT_DIR\}?\/|^\/workspace\//, '');
        return found(path, lineAt(match.index), { file, context: '.' }, match[0]);
      })
    : [];
  return [...builds, ...kaniko];
}

function parsed(args: string): { readonly file: string | undefined; readonly context: string | undefined } {
  const words = args
    .replace(/\\?["']/g, '')
    .trim()
    .split(/\s+/);
  let file: string | undefined;
  let context: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const named = /^(?:-f|--file)(?:=(.*))?$/.exec(word);
    if (named !== null) file = named[1] ?? words[(at += 1)];
    else if (/^-\w$|^--[\w-]+$/.test(word) && !ALONE.test(word)) at += 1;
    else if (!word.startsWith('-') && word !== '' && context === undefined)
      context = word.replace(/[,)\]]+$/, '');
  }
  return { file, context: context === '' ? undefined : context };
}

/** https://docs.docker.com/build/bake/reference/#targetdockerfile */
function bakeTargets(path: string, text: string): readonly Found[] {
  return [...text.matchAll(/^target\s+"([^"]+)"\s*\{([\s\S]*?)^\}/gm)].flatMap((match) => {
    const [, name = '', body = ''] = match;
    const value = (key: string): RegExpExecArray | null =>
      new RegExp(`^\\s*${key}\\s*=\\s*"([^"]*)"`, 'm').exec(body);
    const [file, context] = [value('dockerfile'), value('context')];
    // A target that inherits gets them from another one.
    if (/^\s*dockerfile-inline\s*=/m.test(body)) return [];
    if (file === null && (context === null || /^\s*inherits\s*=/m.test(body))) return [];
    const from = context?.[1] ?? '.';
    const at = match.index + match[0].indexOf(body) + (file?.index ?? context?.index ?? 0);
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    const line = text.slice(0, start).split('\n').length;
    const dockerfile = file?.[1] === undefined ? undefined : join(from, file[1]);
    return found(
      path,
      line,
      { file: dockerfile, context: from },
      file === null ? `target ${name}` : `dockerfile = "${file[1]}"`,
    );
  });
}
