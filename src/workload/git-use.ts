import { cite, citeMatch } from '../core/evidence.js';
import type { Evidence, FileReader } from '../core/types.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import type { ContextTree } from './context-sources.js';
import { contextPath } from './copied-files.js';

/** The subcommands that read the repository in the current folder. */
const GIT =
  '\\bgit\\b(?:\\s+-\\S+)*\\s+(?:describe|rev-parse|rev-list|log|show|show-ref|symbolic-ref|name-rev|for-each-ref|' +
  'status|branch|tag|ls-files|archive|diff|submodule|blame|fetch|checkout|reset)\\b';
const GIT_COMMAND = new RegExp(GIT);
/** The same as words of a program: `execFileSync("git", ["rev-parse", "HEAD"])`. */
const GIT_IN_CODE = new RegExp(`${GIT}|["'\`]git["'\`]`);
const GIT_TOOLS =
  /setuptools[_-]scm|hatch-vcs|versioneer|goreleaser|\bnbgv\b|gitversion|-buildvcs(?!=false)/i;
/** `.git` as a path: not the end of a repository's address. */
const GIT_FOLDER = /(?:^|[\s"'=:,])(?:\.\/|\/\S*\/)?\.git(?=[/\s"';,)]|$)/m;

/** Build files that may ask git for a version, and how. */
const BUILD_FILES: readonly (readonly [name: RegExp, use: RegExp])[] = [
  [
    /^(?:pyproject\.toml|setup\.py|setup\.cfg|hatch\.toml)$/,
    new RegExp(
      `setuptools[_-]scm|hatch-vcs|versioneer|versioningit|dunamai|poetry-dynamic-versioning|flit[_-]scm|\\bpbr\\b|` +
        `source\\s*=\\s*["'](?:scm|vcs)["']|${GIT}`,
    ),
  ],
  [
    /\.gradle(?:\.kts)?$/,
    new RegExp(
      `git-properties|grgit|axion-release|jgitver|git-version|gitVersion|nebula\\.release|semver-git|["']git["']|${GIT}`,
    ),
  ],
  [/^pom\.xml$/, /git-commit-id|buildnumber-maven-plugin|jgitver/],
  [/^(?:build\.rs|Cargo\.toml)$/, /\bvergen\b|git[_-]version|shadow-rs|\bgit2\b|Command::new\("git"\)/],
  [
    /\.(?:cs|fs|vb)proj$|^Directory\.(?:Build|Packages)\.(?:props|targets)$/,
    /MinVer|GitVersion|Nerdbank\.GitVersioning|GitInfo/,
  ],
  [/^package\.json$/, new RegExp(`git-revision|git-rev-sync|git-describe|git-last-commit|${GIT}`)],
  [
    /^[\w.-]*config[\w.-]*\.[cm]?[jt]s$/,
    new RegExp(`git-revision|git-rev-sync|simple-git|isomorphic-git|${GIT_IN_CODE.source}`),
  ],
  [
    /^(?:(?:GNU)?[Mm]akefile|.*\.mk|Taskfile\.ya?ml|[Jj]ustfile|magefile\.go|CMakeLists\.txt|meson\.build|Rakefile|mix\.exs|.*\.cmake)$/,
    GIT_IN_CODE,
  ],
];

const COMMENT_LINE = /^[ \t]*(?:#|\/\/).*$/gm;

/** Files that are read for their use of git, at most. */
const MAX_FILES = 48;

/** Where a build needs the repository's `.git`; undefined when nothing that was read asks for it. */
export function gitUse(
  documents: readonly DockerfileDocument[],
  files: FileReader,
  buildContext: string,
  tree: ContextTree,
): Evidence | undefined {
  for (const document of documents) {
    const asking = document.instructions.find(
      (instruction) => instruction.keyword === 'RUN' && asksGit(runText(document, instruction)),
    );
    if (asking !== undefined) return cite(document, asking.start);
  }
  const read = (path: string, use: RegExp): Evidence | undefined => {
    const file = contextPath(buildContext, path);
    const text = files.read(file);
    // A comment asks nothing; lines keep their numbers.
    return text === undefined ? undefined : citeMatch(file, text.replace(COMMENT_LINE, ''), use);
  };
  let count = 0;
  for (const path of tree.files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const use = BUILD_FILES.find(([pattern]) => pattern.test(name))?.[1];
    if (use === undefined || path.split('/').length > 3) continue;
    if ((count += 1) > MAX_FILES) break;
    const found = read(path, use);
    if (found !== undefined) return found;
  }
  for (const path of calledFiles(documents, files, buildContext, tree).slice(0, MAX_FILES)) {
    const found = read(path, GIT_IN_CODE);
    if (found !== undefined) return found;
  }
  for (const { sources, use } of COMPILERS.filter((one) => documents.some(runs(one.command)))) {
    for (const path of tree.files.filter((name) => sources.test(name)).slice(0, MAX_SOURCES)) {
      const found = read(path, use);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Compilers by which a source comes to hold the commit that it is built from. */
const COMPILERS: readonly {
  readonly command: RegExp;
  readonly sources: RegExp;
  readonly use: RegExp;
}[] = [
  // It writes the commit into the program, which may show it: https://pkg.go.dev/runtime/debug#BuildSetting
  {
    command: /\bgo\b[^&|;]*\b(?:build|install)\b/,
    sources: /(?<!_test)\.go$/,
    use: /"vcs\.(?:revision|time|modified)"/,
  },
  // It runs commands of the sources, and takes what they print: https://nim-lang.org/docs/system.html#staticExec
  {
    command: /\b(?:nim|nimble)\b[^&|;]*\b(?:build|c|cpp|compile|install)\b/,
    sources: /\.(?:nim|nims|nimble)$/,
    use: new RegExp(`\\b(?:staticExec|gorge(?:Ex)?)\\b[^\\n]*${GIT}`),
  },
];
const MAX_SOURCES = 300;

function runs(command: RegExp): (document: DockerfileDocument) => boolean {
  return ({ instructions }) =>
    instructions.some(({ keyword, argumentText }) => keyword === 'RUN' && command.test(argumentText));
}

function runText(document: DockerfileDocument, { argumentText, heredocs, flags }: Instruction): string {
  const bodies = heredocs.map(({ body }) => document.text.slice(body.start, body.end));
  return [argumentText, ...flags.map(({ text }) => text), ...bodies].join('\n');
}

function asksGit(text: string): boolean {
  const kept = text.replace(/\brm\s+[^&|;\n]*/g, '');
  if (GIT_TOOLS.test(kept) || GIT_FOLDER.test(kept)) return true;
  // What is cloned or begun there is another repository.
  return GIT_COMMAND.test(kept) && !/\bgit\b[^&|;]*\s(?:clone|init)\b/.test(kept);
}

/** Files of the context that the build's commands, or the scripts of its package.json, name. */
function calledFiles(
  documents: readonly DockerfileDocument[],
  files: FileReader,
  buildContext: string,
  tree: ContextTree,
): readonly string[] {
  const known = new Set(tree.files);
  const commands = documents.flatMap((document) =>
    document.instructions
      .filter(({ keyword }) => keyword === 'RUN')
      .map((instruction) => runText(document, instruction)),
  );
  const scripts = tree.files
    .filter((path) => /(?:^|\/)package\.json$/.test(path) && path.split('/').length <= 3)
    .slice(0, MAX_FILES)
    .map((path) => files.read(contextPath(buildContext, path)) ?? '');
  const words = [...commands, ...scripts].join('\n').match(/[\w@./-]+/g) ?? [];
  return [...new Set(words.map((word) => word.replace(/^\.?\/+/, '')))].filter(
    (word) => known.has(word) && !/\.(?:json|md|lock|ya?ml)$/.test(word),
  );
}
