import type { Evidence, FileReader } from '../../core/types.js';
import { joinPath } from '../../formats/dockerfile/scope.js';
import { contextPath, copySources } from '../copied-files.js';
import { isWithin } from '../model.js';
import { programName } from '../startup.js';
import type { Project, StageCopy } from './model.js';

/** What starts first, as an absolute path when the command names one. */
export interface StartedProgram {
  readonly name: string;
  /** Undefined for a name that is looked up in PATH. */
  readonly path: string | undefined;
  readonly args: readonly string[];
  readonly evidence: Evidence;
}

/** The program of ENTRYPOINT or CMD, behind inits; undefined when the shell decides. */
export function startedProgram({ build, workdir }: Project): StartedProgram | undefined {
  const [first] = build.startup.programs;
  if (first?.name === undefined) return undefined;
  const path = first.name.includes('/') ? joinPath(workdir, first.name) : undefined;
  return { name: programName(first.name), path, args: first.args, evidence: first.evidence };
}

/** A program that a build wrote, in the runtime stage: a folder that only the build image's PATH has is left. */
export function copyOfProgram(path: string, started: StartedProgram): StageCopy {
  if (started.path !== undefined || /^\/usr(?:\/local)?\/s?bin\//.test(path)) return { path };
  return { path, to: `/usr/local/bin/${programName(path)}` };
}

/**
 * What the build context brings beside the sources of a compiled program: files that it may read at run time.
 * @param excluded names of sources, manifests and build output.
 */
export function dataEntries(project: Project, excluded: RegExp): readonly StageCopy[] {
  const { build, context, document, roots, stage } = project;
  return build.stage.instructions.flatMap((instruction) => {
    if (instruction.keyword !== 'COPY') return [];
    const copy = copySources(document, stage, instruction);
    const destination = copy?.destination?.replace(/(.)\/+$/, '$1');
    if (copy === undefined || destination === undefined || copy.from !== undefined) return [];
    if (!roots.some((root) => isWithin(destination, root))) return [];
    const into = copy.destination?.endsWith('/') === true || copy.sources.length > 1;
    const wanted = (name: string): boolean => !EVERYWHERE.test(name) && !excluded.test(name);
    return copy.sources.flatMap((source) => {
      if (source === undefined || /[*?[]/.test(source)) return [];
      const place = contextPath(context.buildContext, source);
      const name = programName(place);
      const folder = context.files.kind(place) === 'directory';
      // COPY brings what is in a folder, not the folder.
      if (!folder)
        return wanted(name) && !project.ignored(place)
          ? [{ path: into ? joinPath(destination, name) : destination }]
          : [];
      if (!roots.includes(destination)) return wanted(name) ? [{ path: destination }] : [];
      return context.files
        .list(place)
        .map((entry) => entry.name)
        .filter((entry) => !holdsOnlySources(context.files, place === '.' ? entry : `${place}/${entry}`, 4))
        .filter((entry) => wanted(entry) && !project.ignored(place === '.' ? entry : `${place}/${entry}`))
        .map((entry) => ({ path: joinPath(destination, entry) }));
    });
  });
}

/** True for a folder in which every file is compiled into the program. */
function holdsOnlySources(files: FileReader, path: string, depth: number): boolean {
  const entries = files.kind(path) === 'directory' && depth > 0 ? files.list(path) : [];
  return (
    entries.length > 0 &&
    entries.every(({ folder, name }) =>
      folder ? holdsOnlySources(files, `${path}/${name}`, depth - 1) : /\.(?:go|rs|java|kt)$/.test(name),
    )
  );
}

/** Files that no program reads at run time. */
const EVERYWHERE =
  /^(?:\..*|.*\.md|(?:[Dd]ockerfile|[Cc]ontainerfile).*|.*\.dockerfile|(?:docker-)?compose.*|LICEN[CS]E.*|README.*|CHANGELOG.*|CONTRIBUTING.*|NOTICE.*|Makefile|justfile|Taskfile.*|Jenkinsfile|fly\.toml|render\.yaml|docs?|tests?|examples?|scripts?|k8s|kubernetes|helm|charts|deploy|node_modules|.*_test\.go)$/;
