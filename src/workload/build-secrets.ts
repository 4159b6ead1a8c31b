import { cite } from '../core/evidence.js';
import type { Evidence } from '../core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { joinPath } from '../formats/dockerfile/scope.js';
import { contextPath, baseName } from './copied-files.js';
import type { DockerfileContext } from './context.js';
import type { RunCommand } from './image-needs.js';
import { SECRET_FILES, secretFileKind } from './secret-files.js';
import { programName } from './startup.js';

/** Every program of a build that is known to read a file with credentials. */
const READERS = SECRET_FILES.flatMap(({ readers }) => readers ?? []);

/** What a package manager does without its registry. */
const LOCAL_TASK =
  /^(?:run|run-script|test|start|build|exec|enable|disable|version|--version|-v|cache|list|ls)$/;

/** True for a command that reads a kind of configuration; of any kind that is known when none is given. */
export function isReader(command: RunCommand, readers?: RegExp): boolean {
  const { program, args } = command;
  if (program === undefined) return false;
  const name = programName(program);
  const words = args.map(({ value, text }) => value ?? text);
  // An interpreter reads it only for the tool that it runs.
  if (
    /^(?:php|python[\d.]*)$/.test(name) &&
    !words.some((word) => /(?:^|\/)(?:composer|pip|twine)/.test(word))
  )
    return false;
  if (name === 'corepack' && /^(?:enable|disable)$/.test(words[0] ?? '')) return false;
  return (readers === undefined ? READERS : [readers]).some((pattern) => pattern.test(name));
}

/** True for a command that asks a registry, and so needs the credentials that it reads. */
export function needsCredentials(command: RunCommand, readers: RegExp): boolean {
  const [task] = command.args;
  return isReader(command, readers) && !LOCAL_TASK.test(task?.value ?? '');
}

/** How a script speaks of a variable. */
export interface Mentions {
  /** The shell puts the value in. */
  readonly expanded: boolean;
  /** It is written as `${NAME}`, within single quotes or behind a backslash, for a program to put the value in. */
  readonly literal: boolean;
}

/** How a shell text mentions a variable. */
export function mentionsOf(text: string, name: string): Mentions {
  let [expanded, literal] = [false, false];
  let quote = '';
  const mention = new RegExp(`\\$(?:${name}\\b|\\{[#!]?${name}\\b)`, 'y');
  for (let at = 0; at < text.length; at += 1) {
    const ch = text[at]!;
    mention.lastIndex = at + (ch === '\\' ? 1 : 0);
    if (ch === '$' && mention.test(text)) {
      if (quote === "'") literal = true;
      else expanded = true;
    } else if (ch === '\\' && quote !== "'") {
      if (mention.test(text)) literal = true;
      at += 1;
    } else if (quote === '' ? ch === '"' || ch === "'" : ch === quote) quote = quote === '' ? ch : '';
  }
  return { expanded, literal };
}

/** Where programs keep what they are told to remember. */
const REMEMBERED: readonly (readonly [command: RegExp, file: string])[] = [
  [/^(?:npm|pnpm)\s.*\b(?:config\s+set|set)\s/s, '.npmrc'],
  [/^yarn\s.*\bconfig\s+set\s/s, '.yarnrc'],
  [/^git\s+config\s/s, '.gitconfig'],
  [/^(?:python3?\s+-m\s+)?pip3?\s.*\bconfig\s+(?:\S+\s+)*set\s/s, 'pip.conf'],
  [/^composer\s.*\bconfig\s/s, 'auth.json'],
  [/^bundler?\s.*\bconfig\s/s, 'config'],
  [/^poetry\s.*\bconfig\s/s, 'auth.toml'],
  [/^(?:dotnet\s+)?nuget\s.*\badd\s+source\s/s, 'NuGet.Config'],
  [/^aws\s.*\bconfigure\s+set\s/s, 'credentials'],
  [/^(?:docker|podman|buildah)\s+login\s/s, 'config.json'],
  [/^git\s+clone\s/s, '.git'],
];

/**
 * The file that a RUN leaves a variable's value in: written there, or remembered by a program, and not removed by a later
 * command of the same RUN. Undefined when it leaves none that is known.
 */
export function leftoverOf(
  document: DockerfileDocument,
  commands: readonly RunCommand[],
  name: string,
): string | undefined {
  for (const [index, command] of commands.entries()) {
    const text = document.text.slice(command.offset + command.start, command.offset + command.end);
    const mentioned = mentionsOf(text, name).expanded;
    const later = commands.slice(index + 1);
    const tee = command.program === 'tee' ? command.args.filter((word) => !word.text.startsWith('-')) : [];
    const targets = [...command.writes, ...tee].map(({ value, text: written }) => value ?? written);
    const kept = targets
      .filter((target) => !/^\/dev\/|^&/.test(target))
      .filter((target) => mentioned || secretFileKind(target) !== undefined)
      .find((target) => !isRemoved(target, later));
    if (kept !== undefined) return kept;
    const remembered = mentioned ? REMEMBERED.find(([pattern]) => pattern.test(text))?.[1] : undefined;
    if (remembered === undefined) continue;
    const clone = remembered === '.git' ? cloned(command) : undefined;
    const isForgotten =
      isRemoved(remembered, later) ||
      (clone !== undefined && isRemoved(clone, later)) ||
      later.some((next) =>
        /\b(?:config\s+(?:delete|rm|unset|--unset|--global --unset)|--unset|remote\s+set-url|logout)\b/.test(
          document.text.slice(next.offset + next.start, next.offset + next.end),
        ),
      );
    if (!isForgotten) return clone === undefined ? remembered : joinPath(clone, '.git/config');
  }
  return undefined;
}

/** The folder that a `git clone` makes. */
function cloned({ args }: RunCommand): string {
  const words = args.map(({ value, text }) => value ?? text);
  const address = words.findIndex((word) => /:\/\/|^git@|\.git["']?$/.test(word));
  const folder = words.slice(address + 1).find((word) => !word.startsWith('-'));
  return folder ?? baseName((words[address] ?? '').replace(/["']/g, '')).replace(/\.git$/, '');
}

function isRemoved(target: string, later: readonly RunCommand[]): boolean {
  const name = baseName(target);
  return later.some(
    ({ program, args }) =>
      program !== undefined &&
      /^(?:rm|shred|unlink)$/.test(programName(program)) &&
      args.some(({ value, text }) => {
        const word = (value ?? text).replace(/["']/g, '').replace(/\/+$/, '');
        return baseName(word) === name || word === target || target.startsWith(`${word}/`);
      }),
  );
}

/** Files of a repository that say how its images are built. */
const BUILDERS: readonly string[] = [
  'Makefile',
  'makefile',
  'Taskfile.yml',
  'justfile',
  'Justfile',
  'Jenkinsfile',
  'package.json',
  'build.sh',
  'docker-build.sh',
  'deploy.sh',
  'scripts/build.sh',
  'bin/build',
  'docker-bake.hcl',
  'docker-bake.json',
  'skaffold.yaml',
  'fly.toml',
  'render.yaml',
  'railway.json',
  'captain-definition',
  'cloudbuild.yaml',
  'cloudbuild.yml',
  'buildspec.yml',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  'appveyor.yml',
  '.gitlab-ci.yml',
  '.drone.yml',
  '.travis.yml',
  '.woodpecker.yml',
  '.circleci/config.yml',
  'README.md',
  ...[
    ...['build', 'ci', 'cd', 'ci-cd', 'cicd', 'main', 'master', 'docker', 'docker-image', 'docker-build'],
    ...[
      'docker-publish',
      'docker-push',
      'container',
      'deploy',
      'deployment',
      'production',
      'prod',
      'staging',
    ],
    ...['publish', 'push', 'release', 'image', 'images', 'test', 'tests'],
  ].flatMap((name) => [`.github/workflows/${name}.yml`, `.github/workflows/${name}.yaml`]),
];

/** Where the repository passes a build argument: changed alone, the Dockerfile would no longer get its value. */
export function passesArgument(
  document: DockerfileDocument,
  context: DockerfileContext,
  name: string,
): readonly Evidence[] {
  const services = context.usedBy
    .filter(({ buildArgs }) => buildArgs.includes(name))
    .map(({ evidence }) => evidence);
  // The root of the repository is the context's folder or one above it.
  const folders = [
    '.',
    ...context.buildContext.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/')),
  ];
  const files = folders.flatMap((folder) => BUILDERS.map((file) => contextPath(folder, file)));
  const pattern = new RegExp(`(?:^|[^\\w$])(${name})\\s*[=:"']|--build-arg[= ]["']?${name}\\b`);
  const lines = [...new Set(files)].flatMap((file): Evidence[] => {
    const text = context.files.read(file);
    if (text?.includes(name) !== true) return [];
    const at = text.split(/\r?\n/).findIndex((line) => pattern.test(line));
    // The line itself may hold the value.
    return at === -1 ? [] : [{ file, line: at + 1, text: `names ${name}` }];
  });
  // A comment of the Dockerfile says how it is built.
  const own = document.text.search(new RegExp(`--build-arg[= ]["']?${name}\\b`));
  return [...services, ...(own === -1 ? [] : [cite(document, own)]), ...lines];
}

/** The text of an instruction as it is written, heredocs included. */
export function sourceOf(document: DockerfileDocument, { start, end }: Instruction): string {
  return document.text.slice(start, end);
}

/** True when an instruction mentions a variable. */
export function mentions(document: DockerfileDocument, instruction: Instruction, name: string): boolean {
  const { expanded, literal } = mentionsOf(sourceOf(document, instruction), name);
  return expanded || literal;
}

/** Where a build argument is declared in a stage. */
export interface Declaration {
  readonly stage: Stage;
  readonly instruction: Instruction;
  readonly evidence: Evidence;
}

/** The declarations of every build argument in the stages, by name. */
export function declaredArguments(document: DockerfileDocument): ReadonlyMap<string, readonly Declaration[]> {
  const found = new Map<string, Declaration[]>();
  for (const stage of document.stages) {
    for (const instruction of stage.instructions) {
      if (instruction.keyword !== 'ARG') continue;
      for (const { text, start } of instruction.words) {
        const name = text.replace(/=.*$/s, '');
        found.set(name, [
          ...(found.get(name) ?? []),
          { stage, instruction, evidence: cite(document, start) },
        ]);
      }
    }
  }
  return found;
}
