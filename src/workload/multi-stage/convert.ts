import { parseImageReference } from '../../catalogue/catalogue.js';
import { cite } from '../../core/evidence.js';
import { literal } from '../../core/text.js';
import type { Evidence } from '../../core/types.js';
import type { DockerfileDocument, Instruction } from '../../formats/dockerfile/document.js';
import { expandWord } from '../../formats/dockerfile/expand.js';
import { joinPath, workdirAt } from '../../formats/dockerfile/scope.js';
import { runScripts } from '../../formats/dockerfile/shell-text.js';
import { parseShell, plainCommands } from '../../formats/shell.js';
import type { Linked, RuntimeStageParts } from '../../../templates/runtime-stage.js';
import { isArchived } from '../base-images.js';
import { ignoreFileOf } from '../build-context.js';
import type { DockerfileContext } from '../context.js';
import { copySources, findCopiedFile } from '../copied-files.js';
import { imageBuild, usesOfStage, type ImageBuild } from '../dockerfile.js';
import type { RunCommand } from '../image-needs.js';
import { isRoot, isWithin } from '../model.js';
import { programName } from '../startup.js';
import {
  unclear,
  UNLINKED,
  type Package,
  type Project,
  type Role,
  type Stack,
  type StackPlan,
  type StageCopy,
} from './model.js';
import {
  alpineLibraries,
  DEBIAN_PACKAGE_OF,
  FETCHERS,
  FULL_ONLY,
  installedPackages,
  isBuildPackage,
  isDevelopment,
  isFull,
  programOf,
} from './packages.js';
import { generalRole, installerPrograms, installsGlobally, words } from './roles.js';
import { sourcesBelow, spawnOf } from './sources.js';
import { stackOf } from './stacks/index.js';

/** How a Dockerfile of one stage comes to have a build stage and a runtime stage. */
export interface Conversion {
  readonly ok: true;
  readonly stack: string;
  readonly parts: RuntimeStageParts;
  /** True when the author's stage has no name yet. */
  readonly unnamed: boolean;
  readonly notes: readonly string[];
  readonly evidence: readonly Evidence[];
}

export type ConversionOutcome =
  | Conversion
  /** A person must decide: what the build does isn't understood. */
  | {
      readonly ok: false;
      readonly kind: 'refused';
      readonly reason: string;
      readonly evidence: readonly Evidence[];
    }
  /** Nothing in the image is only for the build. */
  | { readonly ok: false; readonly kind: 'settled'; readonly reason: string };

function refuse(reason: string, ...evidence: readonly Evidence[]): ConversionOutcome {
  return { ok: false, kind: 'refused', reason, evidence };
}

function settled(reason: string): ConversionOutcome {
  return { ok: false, kind: 'settled', reason };
}

/** Folders of the system, which are not a project's own. */
const SYSTEM_FOLDERS =
  /^\/(?:(?:usr(?:\/local)?(?:\/(?:s?bin|lib|share|etc|include|libexec)(?:\/.*)?)?|usr\/src|s?bin|lib(?:64)?(?:\/.*)?|etc(?:\/.*)?|var(?:\/(?:lib|log|cache|run|spool|tmp))?|opt|home|run|tmp(?:\/.*)?|dev|proc|sys|boot|mnt|media|root)?\/?)$/;

/** What a RUN deletes by its whole name: it isn't there to be copied. */
function removedPaths({ runCommands }: ImageBuild): ReadonlySet<string> {
  return new Set(
    runCommands.flatMap((command) =>
      command.program === 'rm' ? words(command).filter((word) => word.startsWith('/')) : [],
    ),
  );
}

/** The outermost of the folders that WORKDIR and COPY make the project's own. */
function rootsOf(
  document: DockerfileDocument,
  build: ImageBuild,
  workdir: string,
  given: readonly string[],
): readonly string[] {
  const folders = build.stage.instructions.flatMap((instruction) => {
    const { keyword } = instruction;
    if (keyword === 'RUN') return workdirAt(document, build.stage, instruction) ?? [];
    if (keyword !== 'COPY' && keyword !== 'ADD') return [];
    const copy = copySources(document, build.stage, instruction);
    const { destination } = copy ?? {};
    return destination?.endsWith('/') === true ? destination.slice(0, -1) : (destination ?? []);
  });
  const removed = removedPaths(build);
  const all = [...new Set([workdir, ...folders, ...given])].filter((folder) => !removed.has(folder));
  const own = all.filter((folder) => given.includes(folder) || !SYSTEM_FOLDERS.test(folder));
  return own.filter((folder) => !own.some((other) => other !== folder && isWithin(folder, other)));
}

/** Reads a Dockerfile as a project to convert; a reason where its form speaks against it. */
function projectOf(
  document: DockerfileDocument,
  context: DockerfileContext,
  stack: Stack,
): Project | ConversionOutcome {
  const stage = document.finalStage;
  const build = imageBuild(document, stage, context);
  const { workdir } = build;
  const ignore = ignoreFileOf(document.path, context)?.ignore;
  const below = context.buildContext === '.' ? '' : `${context.buildContext}/`;
  const ignored = (path: string): boolean => ignore?.ignores(path.slice(below.length)) === true;
  if (build.scope.entrypoint === undefined && build.scope.command === undefined) {
    return settled('it has neither CMD nor ENTRYPOINT: nothing says what runs');
  }
  if (workdir === undefined || SYSTEM_FOLDERS.test(workdir)) {
    return refuse("no WORKDIR says which folder is the program's own", cite(document, stage.from.start));
  }
  return {
    document,
    stage,
    build,
    context,
    workdir,
    roots: rootsOf(document, build, workdir, stack.folders ?? []),
    starts: [
      ...build.startup.programs.flatMap(({ name }) => (name === undefined ? [] : programName(name))),
      ...usesOfStage(document, stage, context).flatMap(({ start }) =>
        parseShell(start).commands.flatMap(({ program }) =>
          program === undefined ? [] : programName(program),
        ),
      ),
    ],
    sources: sourcesBelow(context.files, context.buildContext, ignored),
    ignored,
    expand: ({ instruction }, word) =>
      /[`(*?[]/.test(word) ? undefined : expandWord(word, build.scope.lookupAt(instruction), document.escape),
    read: (path) => findCopiedFile(document, stage, path, context.files, context.buildContext)?.text,
  };
}

/** Plans the conversion of a Dockerfile of one stage; undefined for one that is none, or that builds nothing. */
export function planConversion(
  document: DockerfileDocument,
  context: DockerfileContext,
): ConversionOutcome | undefined {
  const [stage, ...more] = document.stages;
  if (stage === undefined || more.length > 0 || stage.reference === 'scratch') return undefined;
  const build = imageBuild(document, stage, context);
  if (build.family === 'windows') return undefined;
  const stack = build.base === undefined ? undefined : stackOf(build.base.repository);
  if (stack === undefined) return unrecognised(document, build);
  const onbuild = stage.instructions.find(({ keyword }) => keyword === 'ONBUILD');
  if (onbuild !== undefined) {
    return refuse('ONBUILD makes it an image to build others on', cite(document, onbuild.start));
  }
  if (document.escape === '`') return refuse('the escape character is `: it may be for Windows');
  const target = usesOfStage(document, stage, context).find((use) => use.target !== undefined);
  if (target !== undefined) {
    return refuse(`the service ${target.service} targets the stage by its name`, target.evidence);
  }
  const project = projectOf(document, context, stack);
  return 'document' in project ? convert(project, stack) : project;
}

/** A base without a stack: worth a word only where a compiler is at work. */
function unrecognised(document: DockerfileDocument, build: ImageBuild): ConversionOutcome | undefined {
  const compiles = build.runCommands.find((command) =>
    (installedPackages(command) ?? []).some((found) => isBuildPackage(found) && !isDevelopment(found)),
  );
  const { entrypoint, command } = build.scope;
  if (compiles === undefined || (entrypoint ?? command) === undefined) return undefined;
  const base = build.stage.image;
  return refuse(
    `how programs are built on ${base} is not known to harden`,
    cite(document, compiles.offset + compiles.start),
  );
}

/** What is gathered from the author's instructions on the way. */
interface Gathered {
  /** Instructions that configure the system, before the project is copied. */
  readonly system: { readonly text: string; readonly keyword: string; readonly user: string | undefined }[];
  readonly packages: Package[];
  readonly outputs: string[];
  /** Instructions that say how the program starts. */
  readonly start: string[];
}

const START = /^(?:EXPOSE|VOLUME|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/;
const SETTINGS = /^(?:ARG|ENV|LABEL|SHELL|MAINTAINER)$/;

function textOf(document: DockerfileDocument, { start, end }: Instruction): string {
  return document.text.slice(start, end).replaceAll('\r\n', '\n');
}

function convert(project: Project, stack: Stack): ConversionOutcome {
  const { document, stage } = project;
  const gathered: Gathered = { system: [], packages: [], outputs: [], start: [] };
  let user: string | undefined;
  for (const instruction of stage.instructions) {
    const { keyword } = instruction;
    const text = textOf(document, instruction);
    const at = cite(document, instruction.start);
    if (keyword === 'USER') user = instruction.argumentText;
    else if (SETTINGS.test(keyword)) gathered.system.push({ text, keyword, user: undefined });
    else if (START.test(keyword)) gathered.start.push(text);
    else if (keyword === 'COPY' || keyword === 'ADD') {
      const destination = copySources(document, stage, instruction)?.destination;
      if (destination === undefined) return refuse('where a COPY leads is not known', at);
      const folder = destination.replace(/(.)\/+$/, '$1');
      if (project.roots.some((root) => isWithin(folder, root))) continue;
      // What only the build uses: nothing that runs looks for a file there.
      if (isWithin(folder, '/tmp') || removedPaths(project.build).has(folder)) continue;
      if (folder === '/') return refuse('it copies into the root of the image', at);
      if (copiesUnusedTool(project, instruction)) continue;
      gathered.system.push({ text, keyword, user });
    } else if (keyword === 'RUN') {
      const reason = gatherRun(project, stack, instruction, user, gathered);
      if (reason !== undefined) return refuse(reason, at);
    }
  }

  const outcome = stack.plan(project);
  if (!outcome.ok) return refuse(outcome.reason, ...(outcome.evidence ?? []));
  const { plan } = outcome;
  const kept = keepPackages(project, stack, plan, gathered.packages);
  if (typeof kept === 'string') return refuse(kept);
  const same = plan.image === stage.image;
  const wanted = kept.packages.length + kept.linked.folders.length + kept.linked.programs.length;
  if (
    wanted > 0 &&
    gathered.packages.length === 0 &&
    project.build.family !== 'alpine' &&
    isOfArchive(plan.image)
  ) {
    return refuse(`it needs packages of the Debian release of ${plan.image}, which has moved to the archive`);
  }
  if (same && plan.prune.length === 0 && kept.dropped.length === 0) {
    return settled('nothing in the image is only for the build');
  }
  return {
    ok: true,
    stack: plan.name,
    parts: partsOf(project, stack, plan, gathered, kept),
    unnamed: stage.name === undefined,
    notes: [...plan.notes, ...kept.notes, ...pinNote(stage.image, plan.image)],
    evidence: [cite(document, stage.from.start), plan.imageEvidence, ...plan.evidence],
  };
}

/** The digest of an image says nothing of another one. */
function pinNote(image: string, runtime: string): readonly string[] {
  return image.includes('@') && !runtime.includes('@')
    ? [`the digest of ${image.slice(0, image.indexOf('@'))} is not that of ${runtime}: --pin-digests pins it`]
    : [];
}

function isOfArchive(image: string): boolean {
  const reference = parseImageReference(image);
  return reference !== undefined && isArchived(reference);
}

/** `COPY --from=ghcr.io/astral-sh/uv /uv /bin/`: a tool of the build, unless what starts is one of its programs. */
function copiesUnusedTool(project: Project, instruction: Instruction): boolean {
  const copy = copySources(project.document, project.stage, instruction);
  if (copy?.from === undefined) return false;
  const names = copy.sources.map((source) => (source === undefined ? '' : programName(source)));
  return names.every(
    (name) => /^(?:uv|uvx|composer|pnpm|bun|bunx)$/.test(name) && !project.starts.includes(name),
  );
}

/** Sorts the commands of a RUN; returns why it can't be told what they leave. */
function gatherRun(
  project: Project,
  stack: Stack,
  run: Instruction,
  user: string | undefined,
  gathered: Gathered,
): string | undefined {
  const { document, stage } = project;
  if (run.json !== undefined) return 'a RUN is in JSON form';
  const [script, ...others] = runScripts(document, run);
  if (script === undefined || others.length > 0) return 'a heredoc of it is no shell script';
  const parsed = parseShell(script.text);
  if (!parsed.complete) return 'a RUN could not be read as shell';
  const located = (command: (typeof parsed.commands)[number]): RunCommand => ({
    ...command,
    offset: script.offset,
    instruction: run,
  });
  const plain = plainCommands(parsed);
  const commands = (plain ?? parsed.commands).map(located);
  let cwd = workdirAt(document, stage, run) ?? '/';
  const roles: Role[] = [];
  for (const command of commands) {
    const role =
      installerRole(command, script.text, project) ??
      (installsGlobally(command) && stack.followsGlobal !== true
        ? unclear('programs that are installed globally for Node are not followed')
        : undefined) ??
      stack.role(command, project, cwd) ??
      generalRole(command, project, cwd);
    if (role.kind === 'unclear') return role.reason;
    roles.push(role);
    if (command.program === 'cd') cwd = joinPath(cwd, words(command)[0] ?? '/');
  }
  const packages = roles.flatMap((role) => (role.kind === 'packages' ? role.packages : []));
  gathered.outputs.push(...roles.flatMap((role) => (role.kind === 'output' ? role.paths : [])));
  const acts = roles.some(({ kind }) => kind === 'repeat' || kind === 'whole') || packages.length > 0;
  // After `;` the next command runs although one failed: `adduser x; exit 0`.
  const strict = script.text.trimStart().startsWith('set -e') || !/;/.test(script.text);
  if (acts && (plain === undefined || !strict || roles.some(({ kind }) => kind === 'whole'))) {
    const builds = roles.some(({ kind }) => kind === 'build' || kind === 'output');
    if (builds || packages.some(isBuildPackage)) {
      return 'a RUN mixes what only the build needs with the rest, under conditions or by variables';
    }
    gathered.system.push({ text: textOf(document, run), keyword: 'RUN', user });
    return undefined;
  }
  gathered.packages.push(...packages);
  const repeated = roles.flatMap((role, index) => {
    const command = commands[index]!;
    // A copied file keeps its mode and its owner.
    if (role.kind !== 'repeat' || isAboutOutputs(command, gathered.outputs)) return [];
    const { offset, start, end } = command;
    return role.text ?? document.text.slice(offset + start, offset + end).replaceAll('\r\n', '\n');
  });
  if (repeated.some((text) => /\/etc\/apt|\/etc\/apk/.test(text))) {
    return 'it sets up a package source of its own';
  }
  if (repeated.length > 0) {
    gathered.system.push({ text: `RUN ${repeated.join(' \\\n    && ')}`, keyword: 'RUN', user });
  }
  return undefined;
}

/** True for a change of mode or owner of what is copied from the build stage. */
function isAboutOutputs(command: RunCommand, outputs: readonly string[]): boolean {
  const paths = words(command).filter((word) => word.startsWith('/'));
  return (
    /^(?:chmod|chown|chgrp)$/.test(programName(command.program ?? '')) &&
    paths.length > 0 &&
    paths.every((path) => outputs.some((output) => isWithin(path, output)))
  );
}

/** `curl … | sh`: known installers bring tools into the home of who builds; others may leave anything anywhere. */
function installerRole(command: RunCommand, script: string, project: Project): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  const files = command.args.filter(({ text }) => !text.startsWith('-') && !text.startsWith('+'));
  if (!/^(?:ba|da|a)?sh$/.test(program)) return undefined;
  const url = /https?:\/\/[^\s'"|;&)]+/.exec(script)?.[0];
  const piped = /\|\s*(?:[A-Z_]+=\S+\s+)*(?:\/bin\/)?(?:ba|da|a)?sh\b/.test(script);
  const programs = url === undefined ? undefined : installerPrograms(url);
  if (piped && programs !== undefined) {
    const used = programs.find((name) => project.starts.includes(name));
    return used === undefined
      ? { kind: 'build' }
      : { kind: 'unclear', reason: `${used}, which starts, comes from an installer` };
  }
  const what = piped ? 'an installer from the network' : (files[0]?.text ?? 'a shell');
  return { kind: 'unclear', reason: `what ${what} leaves is not known` };
}

interface KeptPackages {
  readonly packages: readonly string[];
  readonly dropped: readonly string[];
  readonly linked: Linked;
  readonly notes: readonly string[];
}

/** True when the program of a package is used by what runs. */
function runs(project: Project, name: string): Evidence | boolean {
  const program = programOf(name);
  if (project.starts.includes(program)) return true;
  const check = project.stage.instructions.some(
    ({ keyword, argumentText }) =>
      keyword === 'HEALTHCHECK' &&
      new RegExp(`(?:^|[\\s"'/])${literal(program)}(?:[\\s"']|$)`).test(argumentText),
  );
  return check || (spawnOf(project.sources, program) ?? false);
}

/** A shell that is started with a command of somebody else's. */
const OPEN_SHELL =
  /(?:spawn|exec\w*|Popen|run|Command(?:::new)?)\(\s*\[?\s*['"`](?:\/bin\/)?(?:ba)?sh['"`]\s*,\s*\[?\s*['"`]-\w*c['"`]\s*,\s*(?!['"`])/;

/** Splits the packages in those that the program needs and those that only the build does. */
function keepPackages(
  project: Project,
  stack: Stack,
  plan: StackPlan,
  all: readonly Package[],
): KeptPackages | string {
  const { build } = project;
  const fetched = new Set(build.runCommands.map(({ program = '' }) => programName(program)));
  const dropped: Package[] = [];
  const kept: Package[] = [];
  // python3 without a compiler is no tool of node-gyp; a program that runs commands given to it may run any.
  const compiles = all.some((found) => isBuildPackage(found) && !/-dev$/.test(found.name));
  const runsAnything = project.sources.find(OPEN_SHELL) !== undefined;
  for (const found of all) {
    const { name } = found;
    const brought = stack.buildPackages.test(name) && (compiles || !name.startsWith('python'));
    const fetches = FETCHERS.has(name) && fetched.has(programOf(name));
    const isTool = isBuildPackage(found) || (!runsAnything && (brought || fetches));
    if (isTool && (isDevelopment(found) || runs(project, name) === false)) dropped.push(found);
    else kept.push(found);
  }
  const alpine = build.family === 'alpine';
  const libraries: string[] = [];
  if (alpine) {
    for (const { name } of dropped) {
      const of = alpineLibraries(name);
      if (of === undefined) return `which libraries ${name} is for is not known`;
      libraries.push(...of);
    }
  }
  const full = !alpine && plan.image !== project.stage.image && isFull(build.base ?? { tag: undefined });
  const missing = full
    ? FULL_ONLY.filter((program) => runs(project, program) !== false).map(
        (program) => DEBIAN_PACKAGE_OF[program] ?? program,
      )
    : [];
  // What fetches over TLS trusts nothing without them, and they are only recommended.
  const fetches = missing.some((name) => /^(?:git|curl|wget)$/.test(name)) ? ['ca-certificates'] : [];
  const texts = [...kept.map(({ text }) => text), ...libraries, ...missing, ...fetches, ...plan.packages];
  const packages = [...new Set(texts)].sort();
  const linked = alpine || (!full && dropped.length === 0) ? UNLINKED : plan.linked;
  const names = [...new Set(dropped.map(({ name }) => name))];
  const notes = names.length === 0 ? [] : [`only the build needs ${names.join(', ')}`];
  return { packages, dropped: names, linked, notes };
}

/** Who owns the project's files in the author's image: the user it runs as, when the build gave them to it. */
function ownerOf(project: Project): string | undefined {
  const { build, stage, roots } = project;
  const user = build.scope.user;
  const name = user?.value;
  if (user === undefined || name === undefined || isRoot(name)) return undefined;
  const [bare = name] = name.split(':');
  const chown = build.runCommands.find(({ program, args }) => {
    const list = args.map(({ value, text }) => value ?? text);
    return (
      program !== undefined &&
      programName(program) === 'chown' &&
      list.some((word) => word.split(/[:.]/)[0] === bare) &&
      list.some((word) => roots.some((root) => isWithin(root, word) || word === '.'))
    );
  });
  const given = chown?.args
    .map(({ value, text }) => value ?? text)
    .find((word) => word.split(/[:.]/)[0] === bare);
  if (given !== undefined) return given;
  const flagged = stage.instructions.flatMap(({ keyword, flags }) =>
    /^(?:COPY|ADD)$/.test(keyword) ? (flags.find((flag) => flag.name === 'chown')?.value ?? []) : [],
  );
  const own = flagged.find((value) => value.split(':')[0] === bare);
  if (own !== undefined) return own;
  // From its USER on the build makes the user's own files: WORKDIR too, as BuildKit makes it.
  const first = stage.instructions.findIndex(
    ({ keyword, argumentText }) => keyword === 'USER' && argumentText === user.instruction.argumentText,
  );
  const after = stage.instructions.slice(first + 1);
  const made = after.some(({ keyword }) => keyword === 'RUN' || keyword === 'WORKDIR');
  return made ? name : undefined;
}

function partsOf(
  project: Project,
  stack: Stack,
  plan: StackPlan,
  gathered: Gathered,
  kept: KeptPackages,
): RuntimeStageParts {
  const { build, document, stage, workdir } = project;
  const owner = ownerOf(project);
  const outputs = gathered.outputs.filter((path) => !plan.copies.some((copy) => copy.path === path));
  const copies = [...plan.copies, ...outputs.map((path): StageCopy => ({ path }))].map(
    ({ path, to = path }) => ({
      path,
      to,
      chown: project.roots.some((root) => isWithin(path, root) || isWithin(root, path)) ? owner : undefined,
    }),
  );
  const user = build.scope.user?.instruction;
  const userLine = user === undefined ? [] : [textOf(document, user)];
  const [configures, starts] = [gathered.start, gathered.start].map((list, index) =>
    list.filter((text) => /^\s*(?:ENTRYPOINT|CMD)\b/i.test(text) === (index === 1)),
  );
  // A folder of which nothing is left, and which the program doesn't start in by a relative name, says nothing.
  const serves = plan.copies.every(({ path }) => (stack.folders ?? []).includes(path));
  const worksIn = serves ? [] : [`WORKDIR ${workdir}`];
  const names = new Set([stage.name?.toLowerCase()]);
  const build_ = stage.name ?? 'build';
  const between = names.has('runtime-files') ? 'runtime-files-2' : 'runtime-files';
  const platform = stage.from.flags.find(({ name }) => name === 'platform')?.text;
  return {
    build: build_,
    between,
    image: plan.image,
    platform,
    prune: plan.prune,
    workdir,
    linked: kept.linked,
    ownShell: build.scope.shell !== undefined,
    packages: kept.packages,
    packageManager: build.family === 'alpine' ? 'apk' : 'apt',
    system: systemLines(gathered, plan),
    copies,
    start: [...plan.instructions, ...worksIn, ...configures!, ...userLine, ...starts!],
  };
}

/** The system's instructions, each under the user that the author runs it as, without ARGs that none of them uses. */
function systemLines({ system, start, packages }: Gathered, plan: StackPlan): string[] {
  const others = [
    ...system.filter(({ keyword }) => keyword !== 'ARG').map(({ text }) => text),
    ...start,
    plan.image,
  ];
  const used = (name: string): boolean =>
    others.some((text) => new RegExp(`\\$\\{?${name}\\b`).test(text)) ||
    (/^(?:DEBIAN_FRONTEND|.*_proxy)$/i.test(name) &&
      (packages.length > 0 || others.some((text) => /^RUN\b/.test(text))));
  const lines: string[] = [];
  let user: string | undefined;
  for (const { keyword, text, user: wanted } of system) {
    if (keyword === 'ARG') {
      const names = [...text.matchAll(/(?:^ARG\s+|\s)([A-Za-z_]\w*)/gi)].map(([, name = '']) => name);
      if (!names.some(used)) continue;
    }
    if (keyword === 'RUN' && wanted !== user) {
      lines.push(`USER ${wanted ?? 'root'}`);
      user = wanted;
    }
    lines.push(text);
  }
  if (user !== undefined && !isRoot(user)) lines.push('USER root');
  return lines;
}
