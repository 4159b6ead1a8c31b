import { cite } from '../../core/evidence.js';
import type { DockerfileDocument } from '../../formats/dockerfile/document.js';
import { expandWord } from '../../formats/dockerfile/expand.js';
import { workdirAt } from '../../formats/dockerfile/scope.js';
import { parseShell } from '../../formats/shell.js';
import { ignoreFileOf } from '../build-context.js';
import type { DockerfileContext } from '../context.js';
import { copySources, findCopiedFile } from '../copied-files.js';
import { imageBuild, usesOfStage, type ImageBuild } from '../dockerfile.js';
import { isWithin } from '../model.js';
import { programName } from '../startup.js';
import { refuse, settled, type ConversionOutcome, type Project, type Stack } from './model.js';
import { words } from './roles.js';
import { sourcesBelow } from './sources.js';

/** Folders of the system, which are not a project's own. */
const SYSTEM_FOLDERS =
  /^\/(?:(?:usr(?:\/local)?(?:\/(?:s?bin|lib|share|etc|include|libexec)(?:\/.*)?)?|usr\/src|s?bin|lib(?:64)?(?:\/.*)?|etc(?:\/.*)?|var(?:\/(?:lib|log|cache|run|spool|tmp))?|opt|home|run|tmp(?:\/.*)?|dev|proc|sys|boot|mnt|media|root)?\/?)$/;

/** What a RUN deletes by its whole name: it isn't there to be copied. */
export function removedPaths({ runCommands }: ImageBuild): ReadonlySet<string> {
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
export function projectOf(
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
