import { parseImageReference, type ImageReference } from '../catalogue/catalogue.js';
import type { Capability, ImageFacts } from '../catalogue/types.js';
import { cite, citeSource } from '../core/evidence.js';
import { lazy } from '../core/lazy.js';
import type { Evidence } from '../core/types.js';
import type { DockerfileDocument, Stage } from '../formats/dockerfile/document.js';
import { stageScope, type StageScope } from '../formats/dockerfile/scope.js';
import { baseImage, namedFamily, type BaseImage, type Family } from './base-images.js';
import type { DockerfileContext, ServiceUse } from './context.js';
import {
  fileCapabilitiesOf,
  needsExecutableTemp,
  ownedOf,
  runCommandsOf,
  setuidHelpersOf,
  sourceCommandsOf,
  stepsDownOf,
  type RunCommand,
} from './image-needs.js';
import {
  citations,
  isRoot,
  known,
  likely,
  unknown,
  type Need,
  type ProcessUser,
  type TmpfsPath,
} from './model.js';
import { programSources } from './runtime/sources.js';
import { ownWrites, type OwnWrite } from './runtime/writes.js';
import { programName, startupOf, type Startup } from './startup.js';

/** The image that a stage builds. What costs parsing is computed when it is first asked for. */
export interface ImageBuild {
  readonly stage: Stage;
  readonly scope: StageScope;
  /** The image at the root of the stage's chain; undefined for scratch and for a variable without a default. */
  readonly base: ImageReference | undefined;
  readonly scratch: boolean;
  readonly facts: ImageFacts | undefined;
  readonly baseImage: BaseImage | undefined;
  readonly family: Family | undefined;
  /** The user that PID 1 starts as. */
  readonly user: Need<ProcessUser>;
  /** The base image's user when no USER is in force. */
  readonly baseUser: Need<ProcessUser>;
  readonly workdir: string | undefined;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly startup: Startup;
  /** The simple commands of every RUN of the stage's chain. */
  readonly runCommands: readonly RunCommand[];
  /** Programs that gain privileges on exec, which the build or the start names. */
  readonly setuidHelpers: Need<readonly string[]>;
  /** What must stay in the bounding set for programs that the build installs to start. */
  readonly fileCapabilities: Need<readonly Capability[]>;
  /** Where the start gives up root by itself. */
  readonly stepsDown: readonly Evidence[];
  /** Where the build gives files to a user that isn't root. */
  readonly owned: readonly Evidence[];
  /** What the program's own sources write by relative paths, or beside themselves. */
  readonly ownWrites: readonly OwnWrite[];
  /** True when programs are run from the temporary directory: it can't be `noexec`. */
  readonly executableTemp: boolean;
  /** Paths outside the volumes and the temporary directory that the program is known to write. */
  readonly caches: readonly TmpfsPath[];
}

function userNeed(value: string, evidence: Evidence): Need<ProcessUser> {
  return known({ name: value, root: isRoot(value) }, evidence);
}

function inheritedUser(
  document: DockerfileDocument,
  root: Stage,
  facts: ImageFacts | undefined,
  base: BaseImage | undefined,
): Need<ProcessUser> {
  const at = cite(document, root.from.start);
  const rootUser = { name: 'root', root: true };
  if (root.reference === 'scratch') {
    return known(rootUser, at, citeSource('https://hub.docker.com/_/scratch', 'an explicitly empty image'));
  }
  if (facts !== undefined) {
    const { starts, cites } = facts.user;
    return known({ name: starts, root: isRoot(starts) }, at, ...citations(cites));
  }
  if (base !== undefined) return known(rootUser, at, citeSource(base.source, 'the image sets no USER'));
  return unknown(rootUser, at);
}

function effectiveUser(
  document: DockerfileDocument,
  scope: StageScope,
  base: Need<ProcessUser>,
): Need<ProcessUser> {
  const { user } = scope;
  if (user === undefined) return base;
  const evidence = cite(document, user.instruction.start);
  if (user.value !== undefined) return userNeed(user.value, evidence);
  // `USER $APP_UID`: a variable that only the base image or the build gives a value.
  return likely({ name: user.instruction.argumentText, root: false }, evidence);
}

/** npm writes its logs and cache under the home of the user that runs it, and Node programs call it for plugins. */
function cachesOf(startup: Startup, facts: ImageFacts | undefined, home: string | undefined): TmpfsPath[] {
  const npm = startup.programs.some(({ name = '' }) => /^(?:npm|npx)$/.test(programName(name)));
  if ((!npm && facts?.name !== 'node') || home === undefined) return [];
  return [
    { path: `${home}/.npm`, size: '64m', mode: undefined, uid: undefined, gid: undefined, exec: false },
  ];
}

/** The home of the user that the image brings, by its name or its number. */
function homeOf(user: string, facts: ImageFacts | undefined): string | undefined {
  const brought = facts?.user.available;
  const [name = ''] = user.split(':');
  if (brought !== undefined)
    return name === brought.name || name === String(brought.uid) ? brought.home : undefined;
  return name === 'node' ? '/home/node' : undefined;
}

/** By stage, and by build context: the Dockerfile's own transforms and the services that build it share one. */
const builds = new WeakMap<Stage, Map<string, ImageBuild>>();

/** What is known of the image that a stage builds, from the Dockerfile, its build context and the catalogue. */
export function imageBuild(
  document: DockerfileDocument,
  stage: Stage,
  context: Pick<DockerfileContext, 'files' | 'catalogue' | 'buildContext'>,
): ImageBuild {
  const cache = builds.get(stage) ?? new Map<string, ImageBuild>();
  builds.set(stage, cache);
  const cached = cache.get(context.buildContext);
  if (cached !== undefined) return cached;

  const scope = stageScope(document, stage);
  const { reference } = scope.root;
  const scratch = reference === 'scratch';
  const image = reference === undefined || scratch ? undefined : parseImageReference(reference);
  const facts = image === undefined ? undefined : context.catalogue.image(image);
  const fromTable = image === undefined ? undefined : baseImage(image);
  const baseUser = inheritedUser(document, scope.root, facts, fromTable);
  const startup = lazy(() => startupOf(document, stage, context.files, context.buildContext));
  const runCommands = lazy(() => runCommandsOf(document, scope));
  const sources = lazy(() => sourceCommandsOf(document, scope));
  const helpers = lazy(() => setuidHelpersOf(document, startup(), runCommands(), sources()));
  const down = lazy(() => stepsDownOf(startup()));
  const valuesOf = (settings: StageScope['ports']): string[] => settings.flatMap(({ value }) => value ?? []);
  const build: ImageBuild = {
    stage,
    scope,
    base: image,
    scratch,
    facts,
    baseImage: fromTable,
    family: fromTable?.family ?? (image === undefined ? undefined : namedFamily(image)),
    baseUser,
    user: effectiveUser(document, scope, baseUser),
    workdir: scope.workdir?.value,
    ports: valuesOf(scope.ports),
    volumes: valuesOf(scope.volumes),
    get startup() {
      return startup();
    },
    get runCommands() {
      return runCommands();
    },
    get setuidHelpers() {
      return helpers();
    },
    get fileCapabilities() {
      return fileCapabilitiesOf(document, runCommands());
    },
    get stepsDown() {
      return down();
    },
    get owned() {
      return ownedOf(document, scope, runCommands());
    },
    get ownWrites() {
      return ownWrites(programSources(document, this, context), this.workdir ?? '/', context.buildContext);
    },
    get executableTemp() {
      if (facts?.temp?.executable === true) return true;
      return needsExecutableTemp(startup(), image?.repository ?? '', [...runCommands(), ...sources()]);
    },
    get caches() {
      return cachesOf(startup(), facts, homeOf(this.user.value.name, facts));
    },
  };
  cache.set(context.buildContext, build);
  return build;
}

/** The Compose services that run a stage's image. */
export function usesOfStage(
  document: DockerfileDocument,
  stage: Stage,
  context: DockerfileContext,
): readonly ServiceUse[] {
  return context.usedBy.filter(({ target }) =>
    target === undefined
      ? stage === document.finalStage
      : target === String(stage.index) || target.toLowerCase() === stage.name?.toLowerCase(),
  );
}

/** The stages from which containers are started: the last one, and those that a Compose service targets. */
export function runningStages(document: DockerfileDocument, context: DockerfileContext): readonly Stage[] {
  return document.stages.filter(
    (stage) => stage === document.finalStage || usesOfStage(document, stage, context).length > 0,
  );
}
