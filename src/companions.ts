import { apparmorProfiles, containerProfiles } from './apparmor-profiles.js';
import {
  isChanged,
  NO_COMPANIONS,
  type Companion,
  type CompanionNote,
  type Companions,
} from './core/companion.js';
import { appliedEdits } from './core/fixes.js';
import { keepLast, lazy } from './core/lazy.js';
import type { FilePlan } from './core/plan.js';
import { applyEdits, type Edits } from './core/text.js';
import type { Phase } from './core/types.js';
import type { DockerfileDocument } from './formats/dockerfile/document.js';
import { dockerfileAdapter, parseDockerfile } from './formats/dockerfile/parse.js';
import { blueprintServices, pointBlueprint } from './formats/render-yaml/blueprint.js';
import { flyBuild, pointFly } from './formats/toml/fly.js';
import { egressProxies } from './egress-proxies.js';
import type { Run, RunOptions } from './harden.js';
import { formatOf, type SourceFile } from './io/discover.js';
import { filesOf } from './io/workspace.js';
import { createOwnFiles } from './own-files.js';
import { seccompProfiles } from './seccomp-profiles.js';
import { blueprintDockerfile, createLinks, sidecarPath, sidecarText } from './sidecar.js';
import { folderOf, join } from './workload/compose/project.js';
import { contextOf } from './workload/context-of.js';
import { contextSources } from './workload/context-sources.js';
import { contextPath } from './workload/copied-files.js';
import { completed, ignoreMeta, missingIgnores, type IgnoreProposal } from './workload/ignore-additions.js';
import { createImageBuilders } from './workload/image-builders.js';

/** Dockerfiles below one context whose needs are looked at: where there are more, the shared file is left alone. */
const MAX_SHARING = 64;

const COMMENT = 'Added by harden: not for the image';

export interface CompanionOptions {
  readonly phase: Phase;
  /** False for a Dockerfile whose ignore file is to be left alone. */
  readonly ignores: (dockerfile: string) => boolean;
}

/** What the companions of a run go by. */
export function companionOptions(run: Run, options: RunOptions): CompanionOptions {
  const { id } = ignoreMeta;
  const enabled = options.enabled?.(id) ?? true;
  return {
    phase: options.phase,
    ignores: (dockerfile) => enabled && !run.leavesOut(dockerfile, id),
  };
}

/** What is done with the companions: shown, written beside their sources, or changed themselves. */
export type CompanionMode = 'preview' | 'write' | 'in-place';

/** The files that go with the Dockerfiles, Compose files and units of a run, made when they are asked for. */
export function createCompanions(
  run: Run,
  options: CompanionOptions,
  mode: CompanionMode,
): (plan: FilePlan) => Companions {
  const ignores = createIgnores(run, options);
  const linked = createLinked(run, mode);
  const builders = createImageBuilders(run.workspace.reader);
  return (plan) => {
    if (plan.original.format === 'compose') {
      const own = createOwnFiles(run, plan, mode);
      const files = [...seccompProfiles(own), ...containerProfiles(own), ...egressProxies(own)];
      return { files, builders: [] };
    }
    if (plan.original.format === 'systemd')
      return { files: apparmorProfiles(run, createOwnFiles(run, plan, mode)), builders: [] };
    if (plan.original.format !== 'dockerfile') return NO_COMPANIONS;
    const ignore = mode === 'write' ? ignores.beside(plan) : ignores.inPlace(plan);
    const changes = plan.result !== plan.original.text && mode !== 'in-place';
    return {
      files: [...(ignore === undefined ? [] : [ignore]), ...(changes ? linked(plan.path) : [])],
      builders: changes ? builders(plan.path) : [],
    };
  };
}

interface Ignores {
  /** The ignore file itself, for the first of the Dockerfiles that share it. */
  inPlace(plan: FilePlan): Companion | undefined;
  /** The ignore file of the hardened variant, which takes precedence over the context's own. */
  beside(plan: FilePlan): Companion | undefined;
}

function createIgnores(run: Run, options: CompanionOptions): Ignores {
  const { reader } = run.workspace;
  const below = lazy(() => dockerfilesBelow(filesOf(run.workspace, 'dockerfile').map(({ path }) => path)));

  const planned = lazy(() => new Set(run.files.map(({ path }) => path)));

  const context = (document: DockerfileDocument): string | undefined =>
    contextOf(document, reader, run.projects.contextsOf(document.path));

  const open = (path: string): DockerfileDocument | undefined => {
    const opened = run.workspace.open(path, dockerfileAdapter);
    return opened.kind === 'document' ? opened.document : undefined;
  };

  const specific = (dockerfile: string): string | undefined => {
    const path = `${dockerfile}.dockerignore`;
    return reader.kind(path) === 'file' ? path : undefined;
  };

  /** The Dockerfiles that read the ignore file of a context, and others that may. */
  const sharing = (
    document: DockerfileDocument,
    buildContext: string,
  ): { documents: readonly DockerfileDocument[]; others: readonly DockerfileDocument[] } | undefined => {
    const inRun = below().get(buildContext) ?? [];
    if (inRun.length > MAX_SHARING) return undefined;
    // A run over one file has neighbours that it doesn't plan.
    const beside = reader
      .list(buildContext)
      .filter(({ name, folder }) => !folder && formatOf(name) === 'dockerfile')
      .map(({ name }) => contextPath(buildContext, name));
    const paths = [...new Set([...inRun, ...beside])];
    const documents: DockerfileDocument[] = [];
    const others: DockerfileDocument[] = [];
    for (const path of paths) {
      const found = path === document.path ? document : open(path);
      if (found === undefined || specific(path) !== undefined) continue;
      const where = path === document.path ? buildContext : context(found);
      if (where === buildContext) documents.push(found);
      else if (where === undefined) others.push(found);
    }
    // One that stands outside its context comes after those inside.
    if (!documents.some(({ path }) => path === document.path)) documents.push(document);
    return { documents, others };
  };

  const hardened = (plan: FilePlan): readonly DockerfileDocument[] => {
    const parsed = plan.result === plan.original.text ? undefined : parseDockerfile(plan.path, plan.result);
    return parsed?.ok === true ? [parsed.document] : [];
  };

  const copiesAll = (document: DockerfileDocument): boolean =>
    contextSources(document).some(({ path }) => path === '');

  const companion = (
    place: Pick<Companion, 'path' | 'variant' | 'source' | 'original'>,
    proposal: IgnoreProposal,
  ): Companion => {
    const phaseOf = (safety: 'safe' | 'unsafe'): Phase => (safety === 'safe' ? 1 : 2);
    const additions = proposal.additions.filter(({ safety }) => phaseOf(safety) <= options.phase);
    const original = place.original ?? '';
    const text =
      additions.length === 0
        ? original
        : completed(
            original,
            additions.map(({ pattern }) => pattern),
            COMMENT,
          );
    const at = original.length;
    return {
      ...place,
      kind: 'dockerignore',
      text,
      edits: text === original ? [] : [{ start: at, end: at, text: text.slice(at) }],
      notes: [
        ...proposal.additions.map(({ pattern, safety, reason, evidence }): CompanionNote => {
          const phase = phaseOf(safety);
          const disposition = phase <= options.phase ? 'applied' : 'later';
          return { subject: pattern, disposition, safety, phase, reason, evidence };
        }),
        ...proposal.kept.map(({ pattern, reason, evidence }): CompanionNote => ({
          ...{ subject: pattern, disposition: 'accepted', safety: undefined, phase: undefined },
          ...{ reason, evidence },
        })),
      ],
    };
  };

  return {
    inPlace: (plan) => {
      const document = plan.original as DockerfileDocument;
      if (!options.ignores(document.path) || !copiesAll(document)) return undefined;
      const buildContext = context(document);
      if (buildContext === undefined) return undefined;
      const own = specific(document.path);
      const shared =
        own === undefined ? sharing(document, buildContext) : { documents: [document], others: [] };
      const owner = shared?.documents.find((sharer) => planned().has(sharer.path) && copiesAll(sharer));
      if (shared === undefined || owner?.path !== document.path) return undefined;
      const path = own ?? contextPath(buildContext, '.dockerignore');
      const original = reader.read(path);
      // Podman's own name for it comes first there, and Docker doesn't read it.
      const other = contextPath(buildContext, '.containerignore');
      if (original === undefined && [path, other].some((name) => reader.kind(name) !== 'missing'))
        return undefined;
      const proposal = missingIgnores({
        documents: shared.documents,
        others: [...shared.others, ...hardened(plan)],
        ...{ files: reader, buildContext, existing: original },
      });
      if (proposal.additions.length + proposal.kept.length === 0) return undefined;
      const source = original === undefined ? document.path : path;
      return companion({ path, variant: false, source, original }, proposal);
    },
    beside: (plan) => {
      const document = plan.original as DockerfileDocument;
      if (plan.result === document.text) return undefined;
      const own = specific(document.path);
      const buildContext =
        options.ignores(document.path) && copiesAll(document) ? context(document) : undefined;
      if (own === undefined && buildContext === undefined) return undefined;
      const source = own ?? contextPath(buildContext ?? '.', '.dockerignore');
      const original = reader.read(source);
      if (original === undefined && reader.kind(source) !== 'missing') return undefined;
      const proposal: IgnoreProposal =
        buildContext === undefined
          ? { additions: [], kept: [] }
          : missingIgnores({
              documents: [document],
              others: hardened(plan),
              ...{ files: reader, buildContext, existing: original },
            });
      const path = `${sidecarPath(document.path, 'dockerfile')}.dockerignore`;
      const made = companion(
        { path, variant: true, source: original === undefined ? document.path : source, original },
        proposal,
      );
      // Without one of its own the variant reads the context's; one named after the original it does not.
      return isChanged(made) || own !== undefined ? made : undefined;
    },
  };
}

/** The Dockerfiles at and below each folder, in order, as far as they are to be looked at. */
function dockerfilesBelow(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const below = new Map<string, string[]>();
  for (const path of paths) {
    for (const folder of foldersOf(path)) {
      const known = below.get(folder);
      if (known === undefined) below.set(folder, [path]);
      else if (known.length <= MAX_SHARING) known.push(path);
    }
  }
  return below;
}

const BLUEPRINTS = ['render.yaml', 'render.yml'];
const KEPT_FOLDERS = 16;

/**
 * The deployment files that build a Dockerfile, told to build its hardened variant. A fly.toml names one that is relative
 * to its own folder; a Blueprint stands at the root: https://render.com/docs/blueprint-spec
 */
function createLinked(run: Run, mode: CompanionMode): (dockerfile: string) => readonly Companion[] {
  const { reader } = run.workspace;
  const { isHardened } = createLinks(run, { files: false });
  // A file of the run is told here, and written with the changes of its own.
  const own = lazy(() => new Set(mode === 'write' ? run.files.map(({ path }) => path) : []));

  const linked = (
    kind: Companion['kind'],
    source: string,
    original: string,
    edits: Edits,
    names: readonly string[],
  ): readonly Companion[] => {
    if (!edits.ok) return [];
    const text = applyEdits(original, edits.edits);
    const dot = source.lastIndexOf('.');
    const path = `${source.slice(0, dot)}.hardened${source.slice(dot)}`;
    const note: CompanionNote = {
      ...{ subject: names.join(', '), disposition: 'applied', safety: undefined, phase: undefined },
      ...{ reason: `builds from ${names.join(' and ')}`, evidence: [] },
    };
    return [{ kind, path, variant: true, source, original, edits: edits.edits, text, notes: [note] }];
  };

  /** The companion with what else its file's hardened variant has. */
  const variantOf = (file: SourceFile, companion: Companion): readonly Companion[] => {
    const outcome = run.plan(file);
    if (outcome.kind !== 'planned') return [companion];
    const text = sidecarText(run, file.format, outcome.plan, createLinks(run, { files: true }));
    if (text === undefined || text === outcome.plan.result) return [];
    return [{ ...companion, text, edits: [...appliedEdits(outcome.plan), ...companion.edits] }];
  };

  const flyFiles = keepLast(KEPT_FOLDERS, (folder) =>
    reader
      .list(folder)
      .filter((entry) => !entry.folder && formatOf(entry.name) === 'fly')
      .flatMap(({ name }) => {
        const path = join(folder, name);
        const text = reader.read(path);
        const build = text === undefined ? undefined : flyBuild(text);
        return text === undefined || build?.kind !== 'dockerfile'
          ? []
          : [{ path, text, written: build.dockerfile, dockerfile: join(folder, build.dockerfile) }];
      }),
  );
  const flies = (dockerfile: string): readonly Companion[] =>
    foldersOf(dockerfile).flatMap((folder) =>
      flyFiles(folder)
        .filter((fly) => fly.dockerfile === dockerfile && !own().has(fly.path))
        .flatMap(({ path, text, written }) => {
          const name = sidecarPath(written, 'dockerfile');
          return linked('fly', path, text, pointFly(text, name), [sidecarPath(dockerfile, 'dockerfile')]);
        }),
    );

  const blueprints = lazy(() =>
    BLUEPRINTS.flatMap((path) => {
      const text = reader.read(path);
      if (text === undefined) return [];
      const services = blueprintServices(text).map((service) => blueprintDockerfile(run, path, service));
      return [{ path, text, services }];
    }),
  );
  const renders = (dockerfile: string): readonly Companion[] =>
    blueprints().flatMap(({ path, text, services }) => {
      if (!services.includes(dockerfile)) return [];
      // A Blueprint of several Dockerfiles goes with the first of them that has a variant.
      const owner = services.find((name) => name === dockerfile || (name !== undefined && isHardened(name)));
      if (owner !== dockerfile) return [];
      const built = new Set(
        services.filter((name) => name === dockerfile || (name !== undefined && isHardened(name))),
      );
      const edits = pointBlueprint(text, (service) =>
        built.has(blueprintDockerfile(run, path, service))
          ? sidecarPath(service.dockerfile, 'dockerfile')
          : undefined,
      );
      const names = [...built].map((name) => sidecarPath(name ?? '', 'dockerfile'));
      const companions = linked('render', path, text, edits, names);
      const own = run.files.find((file) => file.path === path && file.format === 'render');
      if (own === undefined) return companions;
      // It is hardened too, and its own variant is what builds from these.
      return mode === 'write' ? [] : companions.flatMap((companion) => variantOf(own, companion));
    });
  return (dockerfile) => [...flies(dockerfile), ...renders(dockerfile)];
}

/** The folder of a file and those above it. */
function foldersOf(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path; at !== '.';) {
    at = folderOf(at);
    folders.push(at);
  }
  return folders;
}
