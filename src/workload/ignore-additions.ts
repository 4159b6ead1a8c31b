import { cite, citeMatch, citeSource } from '../core/evidence.js';
import { lineEnding } from '../core/text.js';
import type { Evidence, FileReader, TransformMeta } from '../core/types.js';
import type { DockerfileDocument, Stage } from '../formats/dockerfile/document.js';
import { stageScope } from '../formats/dockerfile/scope.js';
import { readDockerignore, type Dockerignore } from '../formats/dockerignore.js';
import { contextSources, contextTree, type ContextSource, type ContextTree } from './context-sources.js';
import { contextPath } from './copied-files.js';
import { gitUse } from './git-use.js';
import { runCommandsOf, type RunCommand } from './image-needs.js';
import { programName } from './startup.js';

/** What `harden explain` tells of it. It is no transform: it changes a file beside the document. */
export const ignoreMeta: TransformMeta = {
  id: 'dockerfile/complete-dockerignore',
  title: 'Keep out of the image what it does not need',
  description:
    'A Dockerfile that copies its whole context copies the history, local secrets and what other systems installed with it. ' +
    'The ignore file is created or completed with what exists or is made beside the sources in everyday work. What a COPY, ' +
    'an ADD or a bind mount of any Dockerfile with this context names stays, and so does what the build is seen to use.',
  severity: 'medium',
  phase: 1,
  mayBreak: 'A build or a program that reads one of these files without naming it in the Dockerfile.',
  touches: ['.dockerignore'],
  controls: ['CIS-Docker-4.10'],
  references: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
};

/** A line to add to an ignore file. */
export interface IgnoreAddition {
  readonly pattern: string;
  readonly safety: 'safe' | 'unsafe';
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** What is kept in the build context although it is often left out. */
export interface KeptInContext {
  readonly pattern: string;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

export interface IgnoreProposal {
  readonly additions: readonly IgnoreAddition[];
  readonly kept: readonly KeptInContext[];
}

export interface IgnoreInput {
  /** The Dockerfiles that the ignore file serves. */
  readonly documents: readonly DockerfileDocument[];
  /** Others that may read it: nothing that one of these copies is left out. */
  readonly others: readonly DockerfileDocument[];
  readonly files: FileReader;
  readonly buildContext: string;
  /** The ignore file that is there; undefined when there is none. */
  readonly existing: string | undefined;
}

const NOTHING: IgnoreProposal = { additions: [], kept: [] };

/**
 * What an ignore file lacks where a Dockerfile copies its whole context. What a COPY, an ADD or a bind mount names stays,
 * and so does all below it; a file that lets in only what it lists is complete.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function missingIgnores(input: IgnoreInput): IgnoreProposal {
  const { documents, files, buildContext, existing = '' } = input;
  const before = readDockerignore(existing);
  if (before.invalid.length > 0 || isAllowList(before)) return NOTHING;
  const sources = documents.flatMap(contextSources);
  const whole = sources.filter(({ path }) => path === '');
  if (whole.length === 0) return NOTHING;
  const view: ContextView = {
    ...{ documents, files, buildContext, sources, whole, before },
    tree: contextTree(files, buildContext),
  };
  const guarded = guardedPaths([...sources, ...input.others.flatMap(contextSources)], view.tree);
  const kept: KeptInContext[] = [];
  const additions: IgnoreAddition[] = [];
  let text = existing;
  for (const candidate of candidatesOf(view)) {
    const { pattern, probes } = candidate;
    if (probes.every((probe) => before.ignores(probe))) continue;
    // They alone are no reason to touch a file that somebody wrote.
    if (candidate.minor === true && additions.length === 0) continue;
    if (candidate.kept !== undefined) {
      kept.push({ pattern, ...candidate.kept });
      continue;
    }
    const after = readDockerignore(`${text}\n${candidate.lines.map((line) => `${line}\n`).join('')}`);
    const obstacle = obstacleOf(candidate, before, after, guarded);
    if (obstacle !== undefined) {
      kept.push({ pattern, ...obstacle });
      continue;
    }
    text = completed(text, candidate.lines);
    const { safety, reason } = candidate;
    const evidence = [...candidate.evidence, ...whole.slice(0, 1).map((source) => source.evidence)];
    additions.push(
      ...candidate.lines.map((line): IgnoreAddition =>
        line.startsWith('!')
          ? { pattern: line, safety, reason: 'an example holds no secret', evidence: [] }
          : { pattern: line, safety, reason, evidence },
      ),
    );
  }
  return { additions, kept };
}

/** An ignore file with lines added; what it holds stays as it is. */
export function completed(existing: string, lines: readonly string[], comment?: string): string {
  const eol = lineEnding(existing);
  const separator = existing === '' || existing.endsWith('\n') ? '' : eol;
  const head = comment === undefined ? [] : [...(existing.trim() === '' ? [] : ['']), `# ${comment}`];
  return existing + separator + [...head, ...lines].map((line) => line + eol).join('');
}

/** `*` first and then `!` for what is let in: https://docs.docker.com/build/concepts/context/#negating-matches */
function isAllowList({ patterns }: Dockerignore): boolean {
  const [first] = patterns;
  return first !== undefined && !first.exception && /^(?:\*|\*\*|\*\*\/\*)$/.test(first.pattern);
}

interface ContextView extends Pick<IgnoreInput, 'documents' | 'files' | 'buildContext'> {
  readonly sources: readonly ContextSource[];
  /** What the file ignores already. */
  readonly before: Dockerignore;
  /** The sources that are the whole context. */
  readonly whole: readonly ContextSource[];
  readonly tree: ContextTree;
}

interface Candidate {
  /** What it is called when it is kept. */
  readonly pattern: string;
  readonly lines: readonly string[];
  /** Paths that it is about: when the file ignores all of them there is nothing to add. */
  readonly probes: readonly string[];
  readonly safety: 'safe' | 'unsafe';
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly kept?: Omit<KeptInContext, 'pattern'> | undefined;
  /** True for what harms nobody where it is. */
  readonly minor?: boolean;
}

function candidatesOf(view: ContextView): readonly Candidate[] {
  return [
    ...gitCandidates(view),
    ...environmentCandidates(view),
    ...keyCandidates(view),
    ...moduleCandidates(view),
    ...pythonCandidates(view),
    ...outputCandidates(view),
    ...descriptionCandidates(view),
  ];
}

interface GuardedPath {
  readonly path: string;
  readonly evidence: Evidence;
}

/** What is copied by name, and all below it. */
function guardedPaths(sources: readonly ContextSource[], { files }: ContextTree): readonly GuardedPath[] {
  const guarded = new Map<string, Evidence>();
  for (const { path, evidence } of sources) {
    if (path === undefined || path === '') continue;
    const named = readDockerignore(path);
    for (const below of [path, ...files.filter((file) => named.ignores(file))]) {
      if (!guarded.has(below)) guarded.set(below, evidence);
    }
  }
  return [...guarded].map(([path, evidence]) => ({ path, evidence }));
}

/** Why lines can't be added: what they would leave out is copied by name, or let in by an exception. */
function obstacleOf(
  { lines, probes }: Candidate,
  before: Dockerignore,
  after: Dockerignore,
  guarded: readonly GuardedPath[],
): Omit<KeptInContext, 'pattern'> | undefined {
  const added = readDockerignore(lines.join('\n'));
  const lost = (path: string): boolean => added.ignores(path) && !before.ignores(path) && after.ignores(path);
  const copied = guarded.find(({ path }) => lost(path));
  if (copied !== undefined) return { reason: 'it is copied by its name', evidence: [copied.evidence] };
  for (const { pattern, exception } of before.patterns) {
    if (!exception) continue;
    const letIn = readDockerignore(pattern);
    if (lost(pattern) || probes.some((probe) => letIn.ignores(probe) && lost(probe))) {
      return { reason: `!${pattern} lets it in`, evidence: [] };
    }
  }
  return undefined;
}

function atRoot({ tree }: ContextView, name: RegExp): readonly string[] {
  return tree.files.filter((path) => name.test(path));
}

function readRoot({ files, buildContext }: ContextView, path: string): string | undefined {
  return files.read(contextPath(buildContext, path));
}

/** A line of a file of the context; undefined when the file is missing or no line of it matches. */
function citeFile(view: ContextView, path: string, pattern: RegExp): Evidence | undefined {
  const text = readRoot(view, path);
  return text === undefined ? undefined : citeMatch(contextPath(view.buildContext, path), text, pattern);
}

/** The commands of a stage and of those that it builds on. */
function commandsOf(document: DockerfileDocument, stage: Stage): readonly RunCommand[] {
  return runCommandsOf(document, stageScope(document, stage));
}

function allCommands({ documents }: ContextView): readonly RunCommand[] {
  return documents.flatMap((document) => document.stages.flatMap((stage) => commandsOf(document, stage)));
}

function nameOf({ program }: RunCommand): string {
  return program === undefined ? '' : programName(program);
}

function wordsOf({ args }: RunCommand): readonly string[] {
  return args.map(({ value, text }) => value ?? text);
}

const PLAIN_PROGRAMS = new Set(
  (
    'apt apt-get apk dnf microdnf yum zypper tdnf apk dpkg rpm update-ca-certificates locale-gen pip pip3 npm yarn pnpm ' +
    'corepack chown chmod chgrp mkdir rm rmdir cp mv ln touch cat echo printf ls cd set true test [ export sed tr head ' +
    'tail useradd adduser usermod addgroup groupadd install curl wget tar unzip gzip sha256sum gpg id ldconfig find xargs ' +
    'ln getent if then'
  ).split(' '),
);

/** True when the build runs nothing that could read more than it is told: no program or script of the project's own. */
function isPlainBuild(view: ContextView): boolean {
  const lifecycle = atRoot(view, /^package\.json$/).some((path) =>
    /"(?:pre|post)?(?:install|prepare)"\s*:/.test(readRoot(view, path) ?? ''),
  );
  return allCommands(view).every((command) => {
    const name = nameOf(command);
    const words = wordsOf(command);
    if (!PLAIN_PROGRAMS.has(name)) return false;
    if (/^(?:npm|yarn|pnpm)$/.test(name))
      return !lifecycle && /^(?:ci|i|install|cache|config|set|)$/.test(words[0] ?? '');
    if (/^pip3?$/.test(name))
      return !words.some((word) => /^(?:\.{1,2}(?:\/|\[|$)|-e|--editable)/.test(word));
    return true;
  });
}

function gitCandidates(view: ContextView): readonly Candidate[] {
  const { documents, files, buildContext, tree } = view;
  const exists = tree.folders.includes('.git') || tree.files.includes('.git');
  // An archive of the sources has none; a folder of a repository never has.
  if (!exists && buildContext !== '.') return [];
  const use = gitUse(documents, files, buildContext, tree);
  return [
    {
      pattern: '.git',
      lines: ['.git'],
      probes: ['.git/config'],
      safety: isPlainBuild(view) ? 'safe' : 'unsafe',
      reason: 'the whole history, with all that was ever removed from it, would be in the image',
      evidence: [],
      kept: use === undefined ? undefined : { reason: 'the build asks git', evidence: [use] },
    },
  ];
}

/** A file that is kept to be copied, and holds no secret. */
const EXAMPLE = /^\.env(?:\.[\w-]+)*[.-](?:examples?|samples?|templates?|tmpl|tpl|dist|defaults?|schema)$/;

const LOADERS: readonly (readonly [file: string, use: RegExp, name: string])[] = [
  ['composer.json', /symfony\/(?:dotenv|runtime|flex|framework-bundle)/, 'Symfony'],
  ['go.mod', /\bgodotenv\b/, 'godotenv'],
  ['Cargo.toml', /\bdotenvy?\b/, 'dotenv'],
];

/** Tools that write the values of these files into what they build. */
const BUNDLERS =
  /"(vite|next|react-scripts|nuxt|astro|gatsby|@vue\/cli-service|@sveltejs\/kit|parcel|expo|@quasar\/app-vite)"\s*:/;
const BUILD =
  /\b(?:(?:npm|yarn|pnpm|bun|turbo|nx)\b[^&|;]*\bbuild|(?:vite|next|nuxt|nuxi|astro|gatsby) +(?:build|generate))\b/;

/** Stacks whose programs read `.env` in everyday work. */
const ENV_MANIFEST =
  /^(?:package\.json|requirements[\w.-]*\.txt|pyproject\.toml|Pipfile|manage\.py|composer\.json|Gemfile|(?:docker-)?compose[\w.-]*\.ya?ml)$/;

function environmentCandidates(view: ContextView): readonly Candidate[] {
  const present = atRoot(view, /^\.env(?:\.|$)/);
  const everyday =
    present.length > 0 ||
    atRoot(view, ENV_MANIFEST).length > 0 ||
    /^\S*\.env\b/m.test(`${readRoot(view, '.gitignore') ?? ''}\n${view.files.read('.gitignore') ?? ''}`);
  if (!everyday) return [];
  const examples = present.filter((path) => EXAMPLE.test(path));
  const others = present.filter((path) => path !== '.env' && !EXAMPLE.test(path));
  const kept = environmentUse(view);
  const base = {
    safety: 'unsafe' as const,
    reason: 'what people keep there are secrets of a machine: they are given when the container starts',
    evidence: [
      citeSource('https://docs.docker.com/build/building/secrets/', 'secrets do not belong in an image'),
    ],
  };
  const one = { ...base, pattern: '.env', lines: ['.env'], probes: ['.env'], kept: kept('.env') };
  // Who left out the one and keeps none of the others decided on it.
  if (view.before.ignores('.env') && others.length === 0) return [one];
  const lines = ['.env.*', ...examples.map((path) => `!${path}`)];
  const probes = ['.env.local', '.env.production', ...others];
  return [one, { ...base, pattern: '.env.*', lines, probes, kept: kept('.env.*') }];
}

/** Why the build or the program needs these files of the context. */
function environmentUse(view: ContextView): (pattern: string) => Omit<KeptInContext, 'pattern'> | undefined {
  const bundler = citeFile(view, 'package.json', BUNDLERS);
  const build = view.documents.flatMap((document) =>
    document.instructions
      .filter(({ keyword, argumentText }) => keyword === 'RUN' && BUILD.test(argumentText))
      .map(({ start }) => cite(document, start)),
  )[0];
  if (bundler !== undefined && build !== undefined) {
    const reason = 'the build puts its values into what it builds: see that it holds no secret';
    return () => ({ reason, evidence: [build, bundler] });
  }
  for (const [file, use, name] of LOADERS) {
    const evidence = citeFile(view, file, use);
    const reason = `${name} can fail without it: give the values as variables first`;
    if (evidence !== undefined) return () => ({ reason, evidence: [evidence] });
  }
  return (pattern) => {
    const reading = allCommands(view).find((command) =>
      readWords(command).some((word) => {
        const name = word.replace(/^\.\//, '');
        return pattern === '.env' ? name === '.env' : /^\.env\.[\w.-]+$/.test(name) && !EXAMPLE.test(name);
      }),
    );
    if (reading === undefined) return undefined;
    const document = view.documents.find(({ instructions }) => instructions.includes(reading.instruction));
    const evidence = document === undefined ? [] : [cite(document, reading.instruction.start)];
    return { reason: 'the build reads it', evidence };
  };
}

/** The words that a command may read: not the last one of what copies, none of what creates. */
function readWords(command: RunCommand): readonly string[] {
  const name = nameOf(command);
  if (/^(?:touch|rm|echo|printf)$/.test(name)) return [];
  const words = wordsOf(command);
  return /^(?:cp|mv|install|ln)$/.test(name) ? words.slice(0, -1) : words;
}

const KEY_NAME = /(?:\.pem|\.key|(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519))$/;
const TEST_FOLDER = /(?:^|\/)(?:tests?|__tests__|specs?|fixtures?|testdata|test-data|examples?|mocks?)\//i;
const MAX_KEYS = 16;
/** Files that are searched for the name of a key. */
const MAX_SEARCHED = 300;

/** Private keys that lie in the context; certificates and public keys don't count. */
function keyCandidates(view: ContextView): readonly Candidate[] {
  const keys = view.tree.files
    .filter((path) => KEY_NAME.test(path) && !/[*?[\]\\\s]|^[#!]/.test(path))
    .slice(0, MAX_KEYS)
    .filter((path) => /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(readRoot(view, path) ?? ''));
  return keys.map((path): Candidate => {
    const file = contextPath(view.buildContext, path);
    const use = mentionOf(view, path);
    const kept = TEST_FOLDER.test(path)
      ? { reason: 'it is a key of the tests', evidence: [] }
      : use === undefined
        ? undefined
        : { reason: 'the sources name it: mount it when the container starts', evidence: [use] };
    return {
      ...{ pattern: path, lines: [path], probes: [path], safety: 'unsafe', kept },
      reason: 'a private key in an image is known to all who can pull it',
      evidence: [{ file, line: 1, text: 'a private key' }],
    };
  });
}

function mentionOf(view: ContextView, path: string): Evidence | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const pattern = new RegExp(`(?<![\\w.-])${name.replace(/[.+^${}()|]/g, '\\$&')}(?![\\w-])`);
  const searched = view.tree.files.filter(
    (file) =>
      file !== path &&
      !/\.(?:md|txt|rst|lock|png|jpe?g|gif|svg|woff2?|pem|key)$|(?:^|\/)\.\w*ignore$|\.hardened\b/i.test(
        file,
      ),
  );
  for (const file of searched.slice(0, MAX_SEARCHED)) {
    const found = citeFile(view, file, pattern);
    if (found !== undefined) return found;
  }
  return undefined;
}

const NODE_PROGRAM = /^(?:node|npm|npx|yarn|pnpm|bun|bunx|tsx|next|vite|nodemon|pm2(?:-runtime)?)$/;

function moduleCandidates(view: ContextView): readonly Candidate[] {
  const manifests = view.tree.files.filter((path) => /(?:^|\/)package\.json$/.test(path));
  const stages = view.whole.flatMap((source) => {
    const document = view.documents.find((candidate) => candidate.stages.includes(source.stage));
    return document === undefined ? [] : [{ document, ...source }];
  });
  const running = stages.filter(({ document, stage }) => runsNode(document, stage));
  const atTop = manifests.includes('package.json');
  if (manifests.length === 0 || (!atTop && running.length === 0)) return [];
  const nested = manifests.length > 1 || !atTop;
  const pattern = nested ? '**/node_modules' : 'node_modules';
  const needing = running.find(({ document, stage }) => !hasOwnModules(document, stage));
  return [
    {
      ...{ pattern, lines: [pattern], safety: 'safe', evidence: [] },
      probes: nested ? ['node_modules/a', 'packages/a/node_modules/b'] : ['node_modules/a'],
      reason:
        running.length === 0
          ? 'the image runs no program of Node'
          : 'the image installs its own: those of another system do not fit it',
      kept:
        needing === undefined
          ? undefined
          : { reason: 'the image installs none of its own', evidence: [needing.evidence] },
    },
  ];
}

function runsNode(document: DockerfileDocument, stage: Stage): boolean {
  const starts = [stageScope(document, stage).entrypoint, stageScope(document, stage).command].flatMap(
    (instruction) => instruction?.json ?? instruction?.argumentText.split(/\s+/) ?? [],
  );
  return (
    starts.some((word) => NODE_PROGRAM.test(programName(word))) ||
    commandsOf(document, stage).some((command) => NODE_PROGRAM.test(nameOf(command)))
  );
}

/** True when a stage installs packages, or takes over those of another stage. */
function hasOwnModules(document: DockerfileDocument, stage: Stage): boolean {
  const installs = commandsOf(document, stage).some((command) => {
    const name = nameOf(command);
    const words = wordsOf(command).filter((word) => !word.startsWith('-'));
    if (wordsOf(command).some((word) => /^(?:-g|--global|--location=global)$/.test(word))) return false;
    if (name === 'yarn') return words.length === 0 || words[0] === 'install' || words[0] === 'workspaces';
    return (
      /^(?:npm|pnpm|bun)$/.test(name) && words.some((word) => /^(?:ci|i|install|clean-install)$/.test(word))
    );
  });
  return (
    installs ||
    stageScope(document, stage).instructions.some(
      ({ keyword, flags, argumentText }) =>
        keyword === 'COPY' &&
        flags.some(({ name }) => name === 'from') &&
        argumentText.includes('node_modules'),
    )
  );
}

function pythonCandidates(view: ContextView): readonly Candidate[] {
  const [manifest] = atRoot(
    view,
    /^(?:requirements[\w.-]*\.txt|pyproject\.toml|setup\.py|Pipfile|manage\.py)$/,
  );
  if (manifest === undefined) return [];
  const evidence: readonly Evidence[] = [];
  return [
    {
      ...{ pattern: '.venv', lines: ['.venv'], probes: ['.venv/a'], safety: 'safe', evidence },
      reason: 'an environment of another system does not fit the image',
      kept: hostEnvironment(view),
    },
    {
      ...{ pattern: '**/__pycache__', lines: ['**/__pycache__'], safety: 'safe', evidence },
      probes: ['__pycache__/a', 'a/__pycache__/b'],
      reason: 'the interpreter of the image writes its own',
    },
  ];
}

/** Where an image uses a `.venv` that no command of its build makes. */
function hostEnvironment({ documents }: ContextView): Omit<KeptInContext, 'pattern'> | undefined {
  for (const document of documents) {
    const use = document.instructions.find(({ argumentText }) =>
      /(?:^|[\s"'/=:])\.venv\b/.test(argumentText),
    );
    const makes = document.instructions.some(
      ({ keyword, argumentText, flags }) =>
        (keyword === 'RUN' && /\b(?:venv|virtualenv|uv|poetry|pdm|pipenv|hatch|rye)\b/.test(argumentText)) ||
        (keyword === 'COPY' && flags.some(({ name }) => name === 'from') && argumentText.includes('venv')),
    );
    if (use !== undefined && !makes)
      return { reason: 'the image installs none of its own', evidence: [cite(document, use.start)] };
  }
  return undefined;
}

/** Folders that a build fills, and the commands that do. */
const OUTPUTS: readonly (readonly [folders: readonly string[], command: RegExp])[] = [
  [['target'], /\b(?:cargo\b[^&|;]*\b(?:build|install|chef)|mvnw?\b)/],
  [['build', '.gradle'], /\bgradlew?\b/],
  [['dist', 'build', '.next', '.nuxt', '.output', 'out', '.svelte-kit', '.turbo'], BUILD],
];

/** Build results that git doesn't keep and that each stage with the sources makes itself. */
function outputCandidates(view: ContextView): readonly Candidate[] {
  const ignoreFile = readRoot(view, '.gitignore');
  if (ignoreFile === undefined) return [];
  const built = (command: RegExp): boolean =>
    view.whole.every(({ stage, instruction }) =>
      stage.instructions.some(
        (other) =>
          other.keyword === 'RUN' && other.index >= instruction.index && command.test(other.argumentText),
      ),
    );
  const folders = OUTPUTS.flatMap(([names, command]) => (built(command) ? names : []));
  return [...new Set(folders)].flatMap((folder): Candidate[] => {
    const line = new RegExp(`^(?:\\*\\*)?/?${folder.replace('.', '\\.')}/?[ \\t]*\\r?$`, 'm');
    const evidence = citeFile(view, '.gitignore', line);
    if (evidence === undefined || holdsSources(view, folder)) return [];
    return [
      {
        ...{
          pattern: folder,
          lines: [folder],
          probes: [`${folder}/a`],
          safety: 'unsafe',
          evidence: [evidence],
        },
        reason: 'the image builds it anew',
      },
    ];
  });
}

/** True when the sources of some package lie in a folder of that name. */
function holdsSources({ tree }: ContextView, folder: string): boolean {
  return tree.files.some(
    (path) => path.startsWith(`${folder}/`) && /\/(?:package\.json|Cargo\.toml|pom\.xml)$/.test(path),
  );
}

/** What describes builds and deployments; the builder gets the Dockerfile and the ignore file all the same. */
function descriptionCandidates(view: ContextView): readonly Candidate[] {
  const texts = view.documents.flatMap(({ instructions }) =>
    instructions
      .filter(({ keyword }) => /^(?:RUN|CMD|ENTRYPOINT)$/.test(keyword))
      .map(({ argumentText }) => argumentText),
  );
  const patterns = [
    ...groupsOf(view, /^(Dockerfile)[\w.-]*()$/),
    ...groupsOf(view, /^(docker-compose|compose)[\w.-]*(\.ya?ml)$/),
    ...atRoot(view, /^harden\.lock$/),
  ];
  const used = texts.some((text) => /Dockerfile|compose/i.test(text.replace(/docker-compose-plugin/g, '')));
  if (used) return [];
  return patterns.map((pattern) => ({
    ...{ pattern, lines: [pattern], probes: atRoot(view, matching(pattern)), evidence: [] },
    ...{ safety: isPlainBuild(view) ? 'safe' : 'unsafe', minor: true },
    reason: 'it describes the build and the deployment, and is sent to the builder all the same',
  }));
}

/** `docker-compose*.yml` for the files whose names begin and end so: their hardened variants are among them. */
function groupsOf(view: ContextView, name: RegExp): readonly string[] {
  const groups = atRoot(view, name).map((path) => {
    const [, start = '', end = ''] = name.exec(path) ?? [];
    return `${start}*${end}`;
  });
  return [...new Set(groups)];
}

function matching(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/\./g, '\\.').replace('*', '[^/]*')}$`);
}
