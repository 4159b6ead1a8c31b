import { citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { DockerfileDocument } from '../../formats/dockerfile/document.js';
import type { DockerfileContext } from '../context.js';
import { isArchived } from '../base-images.js';
import { usesOfStage, type ImageBuild } from '../dockerfile.js';
import { imageLacksInit } from '../image-init.js';
import { NODE_ENTRYPOINT, programName, type StartupProgram } from '../startup.js';
import { startedCommands } from './commands.js';
import { runtimeImage, type RuntimeImage } from './image.js';
import { acceptedPlan, manualPlan, NOTHING, type RuntimePlan } from './plan.js';
import { listeningPort } from './port.js';
import { programSources, type ProgramSource } from './sources.js';

/** How an image gets an init. */
export interface InitAddition {
  readonly package: string;
  /** The shell command that installs it as root. */
  readonly install: string;
  /** The words that go before what the image starts. */
  readonly words: readonly string[];
}

const TINI: Readonly<Record<'debian' | 'alpine', { readonly install: string; readonly source: Evidence }>> = {
  debian: {
    install:
      'apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*',
    source: citeSource(
      'https://github.com/krallin/tini#debian',
      'On Debian (Buster or newer), you can use the following command to install Tini',
    ),
  },
  alpine: {
    install: 'apk add --no-cache tini',
    source: citeSource(
      'https://github.com/krallin/tini#alpine-linux-package',
      'On Alpine Linux, you can use the following command to install Tini',
    ),
  },
};

/** Servers that handle SIGTERM themselves, as Python modules or as what a program calls. */
const OWN_HANDLER = /^(?:uvicorn|gunicorn|hypercorn|celery|daphne|granian|streamlit|jupyter)$/;
const HANDLES =
  /process\.(?:on|once)\(\s*['"]SIGTERM|signal\.signal\(\s*signal\.SIGTERM|add_signal_handler|\buvicorn\.run\(|\bweb\.run_app\(/;
const SPAWNS =
  /child_process|\bexeca\b|puppeteer|playwright|node:cluster|['"]cluster['"]|\bsubprocess\b|\bmultiprocessing\b|os\.(?:fork|popen|system)|selenium|pyppeteer/;

/** True when the program is seen to handle the signal by itself, and to start no other. */
function managesItself(commands: readonly StartupProgram[], sources: readonly ProgramSource[]): boolean {
  const module = commands.some(({ name = '', args }) => {
    const at = args.indexOf('-m');
    return /^python[\d.]*$/.test(programName(name)) && at !== -1 && OWN_HANDLER.test(args[at + 1] ?? '');
  });
  if (module) return true;
  return sources.some(({ text }) => HANDLES.test(text)) && !sources.some(({ text }) => SPAWNS.test(text));
}

/** A program that runs until it is stopped: it serves a port, is a package's start script, or starts others. */
function runsOn(
  document: DockerfileDocument,
  build: ImageBuild,
  commands: readonly StartupProgram[],
  sources: readonly ProgramSource[],
  context: DockerfileContext,
): boolean {
  const script = build.startup.programs.some(
    ({ name = '', args }) =>
      /^(?:npm|yarn|pnpm)$/.test(programName(name)) &&
      args.some((word) => /^(?:start|serve|worker|prod)\b/.test(word)),
  );
  if (script || sources.some(({ text }) => SPAWNS.test(text))) return true;
  return listeningPort(document, build, commands, sources, context).kind !== 'none';
}

/** Bases without an ENTRYPOINT. */
const PLAIN_BASES = /^(?:alpine|debian|ubuntu|python|pypy|buildpack-deps|golang|ruby|rust)$/;
/** The node image's entrypoint hands these on as they are. */
const PLAIN_WORDS =
  /^(?:node|npm|npx|yarn|yarnpkg|pnpm|corepack|tsx|ts-node|nodemon|next|sh|\/bin\/sh|bash|\/bin\/bash)$/;

/**
 * The base's own ENTRYPOINT, which one in the Dockerfile would put out of force: it goes on between the init and CMD. The
 * node images have it since the summer of 2019, before version 14.
 */
function ownEntrypoint(build: ImageBuild, { base }: RuntimeImage): readonly string[] {
  if (build.scope.entrypoint !== undefined || base?.repository !== 'node') return [];
  const [major] = /^\d+/.exec(base.tag ?? '') ?? [];
  return major !== undefined && Number(major) < 14 ? [] : [NODE_ENTRYPOINT];
}

/** Why ENTRYPOINT can't take an init; undefined when it can. */
function entrypointObstacle(build: ImageBuild, image: RuntimeImage): string | undefined {
  const { scope, stage } = build;
  const { entrypoint, command } = scope;
  if (entrypoint !== undefined) {
    if (entrypoint.json === undefined) return 'ENTRYPOINT is in shell form: the JSON form comes first';
    return entrypoint.stage === stage.index ? undefined : 'its ENTRYPOINT comes from another stage';
  }
  // https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
  if (command?.stage !== stage.index) return 'an ENTRYPOINT would reset the CMD that it inherits';
  const repository = image.base?.repository ?? '';
  if (PLAIN_BASES.test(repository)) return undefined;
  if (ownEntrypoint(build, image).length > 0) return undefined;
  const first = command.json === undefined ? 'sh' : (command.json[0] ?? '');
  if (repository === 'node' && PLAIN_WORDS.test(first)) return undefined;
  return repository === 'node'
    ? `the image's own entrypoint decides how ${first} is started`
    : `which ENTRYPOINT ${build.scope.root.image} has is not known`;
}

/**
 * Whether what the image starts needs an init before it, and how it gets one.
 * @param image the image that runs it, when that is another one than the stage's own.
 */
export function planInit(
  document: DockerfileDocument,
  build: ImageBuild,
  context: DockerfileContext,
  image: RuntimeImage = runtimeImage(build),
): RuntimePlan<InitAddition> {
  const [started] = build.startup.programs;
  if (started === undefined) return NOTHING;
  const lacking = imageLacksInit(build, undefined, [started.evidence]);
  if (!lacking.value) return NOTHING;
  const commands = startedCommands(document, build, context);
  const sources = programSources(document, build, context);
  if (managesItself(commands, sources) || !runsOn(document, build, commands, sources, context))
    return NOTHING;
  const { evidence } = lacking;
  const uses = usesOfStage(document, build.stage, context);
  if (uses.length > 0) {
    const cited = [...evidence, ...uses.map((use) => use.evidence)];
    return acceptedPlan("Compose's init: true gives it one without a package", cited);
  }
  const runs = build.stage === document.finalStage ? context.runs().filter(({ init }) => init) : [];
  if (runs.length > 0) {
    const cited = [...evidence, ...runs.flatMap((run) => run.evidence)];
    return acceptedPlan("Compose runs the image with the engine's own init before it", cited);
  }
  if (build.stepsDown.length > 0) {
    const reason = 'it steps down from root: without CAP_KILL an init that stays root could not signal it';
    return acceptedPlan(reason, [started.evidence, ...build.stepsDown]);
  }
  const { family, base } = image;
  if (image.scratch || (family !== 'debian' && family !== 'alpine')) {
    const reason = 'the image has no package of an init: start the container with --init';
    return manualPlan(reason, evidence, 'docker run --init');
  }
  if (base !== undefined && isArchived(base)) {
    return manualPlan(
      `the release of its tag ${base.tag ?? 'latest'} gets no packages any more`,
      evidence,
      'docker run --init',
    );
  }
  const obstacle = entrypointObstacle(build, image);
  const { install, source } = TINI[family];
  if (obstacle !== undefined)
    return manualPlan(obstacle, evidence, `RUN ${install}\nENTRYPOINT ["tini", "--", …]`);
  const value = { package: 'tini', install, words: ['tini', '--', ...ownEntrypoint(build, image)] };
  return { kind: 'add', value, certainty: 'likely', evidence: [...evidence, source] };
}
