import { basename } from 'node:path';
import type { Overrides } from '../config/overrides.js';
import { lazy } from '../core/lazy.js';
import { composeAdapter } from '../formats/compose/parse.js';
import { includedFiles, type ComposeDocument } from '../formats/compose/document.js';
import { dockerfileAdapter } from '../formats/dockerfile/parse.js';
import type { BlueprintDocument } from '../formats/render-yaml/document.js';
import { withDropIns, type UnitDocument } from '../formats/systemd/document.js';
import { quadletAdapter, unitAdapter } from '../formats/systemd/parse.js';
import type { FlyDocument } from '../formats/toml/document.js';
import { buildOf } from '../formats/toml/fly.js';
import { flyAdapter } from '../formats/toml/parse.js';
import { imageBuild, type ImageBuild } from '../workload/dockerfile.js';
import { mountsOf } from '../workload/compose/mounts.js';
import { isRecord, strings } from '../workload/compose/plain.js';
import { buildTarget, originOf, type BuildTarget } from '../workload/compose/origin.js';
import {
  citeField,
  createProject,
  folderOf,
  join,
  type ComposeProject,
  type ServiceView,
} from '../workload/compose/project.js';
import { createServiceWorkload, type ServiceWorkload } from '../workload/compose/service.js';
import type {
  ComposeContext,
  Digests,
  DockerfileContext,
  FlyContext,
  FlyImage,
  ImageRun,
  RuntimeBase,
  ServiceUse,
  QuadletContext,
  RenderContext,
  UnitContext,
} from '../workload/context.js';
import { contextOf } from '../workload/context-of.js';
import { isWithin } from '../workload/model.js';
import { isPublishedAs, ownRepository } from '../workload/published-image.js';
import { containerWorkload } from '../workload/quadlet/workload.js';
import { renderContext } from '../workload/render/context.js';
import type { SourceFile } from './discover.js';
import { readDropIns } from './drop-ins.js';
import { filesOf, type Workspace } from './workspace.js';

/**
 * https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file, in order of preference; then those of
 * podman-compose alone.
 */
export const BASE_NAMES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'podman-compose.yaml',
  'podman-compose.yml',
  'container-compose.yml',
  'container-compose.yaml',
];

export interface ProjectOptions {
  /** Undefined when images are not to be pinned. */
  readonly digests: Digests | undefined;
  readonly base: RuntimeBase;
  readonly systemdVersion: number;
  /** The drop-in that harden wrote before is written anew, and says nothing of the unit. */
  readonly replacesDropIn?: boolean | undefined;
  /** What the project's config says of the workloads. */
  readonly overrides: Pick<Overrides, 'needs'>;
}

/** Puts the files of a workspace in relation: Compose projects, and the services that build a Dockerfile. */
export interface Projects {
  composeContext(document: ComposeDocument): ComposeContext;
  dockerfileContext(path: string): DockerfileContext;
  unitContext(): UnitContext;
  quadletContext(document: UnitDocument): QuadletContext;
  flyContext(document: FlyDocument): FlyContext;
  renderContext(document: BlueprintDocument): RenderContext;
  /** The build contexts from which the Compose services near a Dockerfile build it. */
  contextsOf(dockerfile: string): readonly string[];
  /** The Dockerfile that a service builds, relative to the root. */
  dockerfileOf(view: ServiceView): string | undefined;
}

/** @param options what the transforms are asked for beside the files. */
export function createProjects(workspace: Workspace, options: ProjectOptions): Projects {
  const { digests, base, overrides } = options;
  const { found, byFolder } = layoutOf(workspace.files);

  /** True for a file inside the tree: what was found below it, or what the reader can follow there. */
  const isReadable = (path: string): boolean => found.has(path) || workspace.reader.kind(path) === 'file';

  const load = (path: string): ComposeDocument | undefined => {
    if (!isReadable(path)) return undefined;
    const opened = workspace.open(path, composeAdapter);
    return opened.kind === 'document' ? opened.document : undefined;
  };

  const projects = new WeakMap<ComposeDocument, ComposeProject>();

  const projectOf = (current: ComposeDocument): ComposeProject => {
    const project = projects.get(current) ?? makeProject(current);
    projects.set(current, project);
    return project;
  };

  /** `current` stands in for the file of its path: the planner asks about a text that isn't on disk yet. */
  const makeProject = (current: ComposeDocument): ComposeProject => {
    const folder = folderOf(current.path);
    const siblings = byFolder.get(folder) ?? [];
    const basePath = BASE_NAMES.map((name) => (folder === '.' ? name : `${folder}/${name}`)).find((path) =>
      siblings.includes(path),
    );
    const open = (path: string): ComposeDocument | undefined =>
      path === current.path ? current : load(path);
    const base = basePath === undefined ? undefined : open(basePath);
    const fragments =
      base === undefined
        ? []
        : siblings
            .filter((path) => path !== basePath)
            .flatMap((path) => open(path) ?? [])
            .filter((document) => isFragment(document, base));
    const together = base !== undefined && (current === base || fragments.includes(current));
    const own = together ? [base, ...fragments] : [current];
    return createProject({
      documents: [...own, ...included(own, open)],
      folder,
      files: workspace.reader,
      load: open,
      hardens: (path) => byFolder.get(folderOf(path))?.includes(path) === true,
    });
  };

  const readImage = ({ context, dockerfile, target }: BuildTarget): Omit<FlyImage, 'context'> | undefined => {
    if (!isReadable(dockerfile)) return undefined;
    const opened = workspace.open(dockerfile, dockerfileAdapter);
    if (opened.kind !== 'document') return undefined;
    const { document } = opened;
    const stage =
      target === undefined
        ? document.finalStage
        : document.stages.find((candidate) => candidate.name === target.toLowerCase());
    if (stage === undefined) return undefined;
    const build = imageBuild(document, stage, { ...baseContext(workspace), buildContext: context });
    return { document, build };
  };
  const readBuild = (target: BuildTarget): ImageBuild | undefined => readImage(target)?.build;

  const usesOf = (path: string): readonly { use: ServiceUse; context: string }[] =>
    nearbyFolders(path).flatMap((folder) =>
      (byFolder.get(folder) ?? []).flatMap((composePath) => {
        const document = load(composePath);
        return document === undefined ? [] : usesIn(projectOf(document), path);
      }),
    );

  const containersBeside = (path: string): readonly UnitDocument[] =>
    filesOf(workspace, 'quadlet').flatMap((other) => {
      if (other.path === path || folderOf(other.path) !== folderOf(path)) return [];
      const opened = workspace.open(other.path, quadletAdapter);
      return opened.kind === 'document' ? [opened.document] : [];
    });

  const dropIns = (path: string): readonly UnitDocument[] =>
    readDropIns(path, workspace.reader, options.replacesDropIn !== true);

  const unitsByFolder = lazy(() => {
    const folders = new Map<string, string[]>();
    for (const { path } of filesOf(workspace, 'systemd')) {
      folders.set(folderOf(path), [...(folders.get(folderOf(path)) ?? []), path]);
    }
    return folders;
  });
  /** Each is asked for by all that stand beside it. */
  const units = new Map<string, UnitDocument | undefined>();
  const unitAt = (path: string): UnitDocument | undefined => {
    if (!units.has(path)) {
      const opened = workspace.open(path, unitAdapter);
      units.set(path, opened.kind === 'document' ? withDropIns(opened.document, dropIns(path)) : undefined);
    }
    return units.get(path);
  };
  const unitsBeside = (path: string): readonly UnitDocument[] =>
    (unitsByFolder().get(folderOf(path)) ?? []).flatMap((other) =>
      other === path ? [] : (unitAt(other) ?? []),
    );

  const workloadOf = (view: ServiceView): ServiceWorkload => {
    const stated = overrides.needs(view.declaredIn.path, view.name);
    return createServiceWorkload(view, () => originOf(view, workspace.catalogue(), readBuild), stated);
  };

  /** Also from below its folder: a set-up for tests, an example. */
  const runsOf = (path: string): readonly ImageRun[] => {
    const own = ownRepository(path, workspace.reader);
    const above = new Set(nearbyFolders(path));
    const views = [...byFolder]
      .filter(([folder]) => above.has(folder) || isWithin(folder, folderOf(path)) || folderOf(path) === '.')
      .flatMap(([, paths]) => paths)
      .flatMap((composePath) => load(composePath) ?? [])
      .flatMap((document) => projectOf(document).services());
    return views.flatMap((view) => {
      const named = view.last('image');
      const build = view.last('build');
      const image = typeof named?.value === 'string' ? view.project.interpolate(named.value).text : '';
      const builds = build !== undefined && buildTarget(build, view)?.dockerfile === path;
      const isOwn = own !== undefined && build === undefined && isPublishedAs(image, own.name);
      const field = builds ? build : isOwn ? named : undefined;
      if (field === undefined) return [];
      const written = view.last('init');
      const { value, certainty } = workloadOf(view).init;
      const added = written === undefined && value === 'needed' && certainty !== 'unknown';
      const at = [field, ...(written === undefined ? [] : [written])].map(citeField);
      return [
        {
          evidence: [...(builds ? [] : [own!.evidence]), ...at],
          healthcheck: view.last('healthcheck') !== undefined,
          init: written?.value === 'true' || added,
        },
      ];
    });
  };

  const dockerfileContext = (path: string): DockerfileContext => {
    const uses = usesOf(path);
    const buildContext = uses[0]?.context ?? folderOf(path);
    const usedBy = uses.map(({ use }) => use);
    const runs = lazy(() => runsOf(path));
    return { ...baseContext(workspace), buildContext, usedBy, runs, digests, base };
  };

  /** flyctl builds in the folder that it is called in: where what the Dockerfile copies is, mostly its configuration's. */
  const flyImage = (document: FlyDocument): FlyImage | undefined => {
    const build = buildOf(document.config);
    if (build.kind !== 'dockerfile') return undefined;
    const folder = folderOf(document.path);
    const dockerfile = join(folder, build.dockerfile);
    const opened = isReadable(dockerfile) ? workspace.open(dockerfile, dockerfileAdapter) : undefined;
    if (opened?.kind !== 'document') return undefined;
    const context = contextOf(opened.document, workspace.reader, []) ?? folder;
    const image = readImage({ context, dockerfile, target: build.target, args: [] });
    if (image === undefined) return undefined;
    return { ...image, context: { ...dockerfileContext(dockerfile), buildContext: context } };
  };

  const flyApps = lazy(() =>
    filesOf(workspace, 'fly').flatMap(({ path }) => {
      const opened = workspace.open(path, flyAdapter);
      return opened.kind === 'document' ? [opened.document] : [];
    }),
  );

  return {
    composeContext: (document) => {
      const project = projectOf(document);
      const workloads = new Map<string, ServiceWorkload>();
      return {
        digests,
        workload: (name) => {
          const view = project.service(name);
          if (view === undefined) return undefined;
          const known = workloads.get(name);
          if (known !== undefined) return known;
          const workload = workloadOf(view);
          workloads.set(name, workload);
          return workload;
        },
      };
    },
    dockerfileContext,
    unitContext: lazy(() => ({
      files: workspace.reader,
      daemon: (program: string) => workspace.daemons().daemon(program),
      dropIns,
      unitsBeside,
      stated: (path: string) => overrides.needs(path),
      systemdVersion: options.systemdVersion,
    })),
    quadletContext: (document) => ({
      digests,
      workload: containerWorkload(document, {
        files: workspace.reader,
        catalogue: workspace.catalogue(),
        dropIns: (path) => readDropIns(path, workspace.reader, true),
        siblings: containersBeside,
        stated: overrides.needs(document.path),
      }),
    }),
    flyContext: (document) => ({
      image: flyImage(document),
      catalogue: workspace.catalogue(),
      others: flyApps().filter(({ path }) => path !== document.path),
      digests,
    }),
    renderContext: (document) =>
      renderContext(document, { files: workspace.reader, catalogue: workspace.catalogue, digests }),
    contextsOf: (path) => [...new Set(usesOf(path).map(({ context }) => context))],
    dockerfileOf: (view) => {
      const field = view.last('build');
      return field === undefined ? undefined : buildTarget(field, view)?.dockerfile;
    },
  };
}

interface Layout {
  readonly found: ReadonlySet<string>;
  /** The Compose files of each folder. */
  readonly byFolder: ReadonlyMap<string, readonly string[]>;
}

/** Several workspaces may have the same files. */
const layouts = new WeakMap<readonly SourceFile[], Layout>();

function layoutOf(files: readonly SourceFile[]): Layout {
  const known = layouts.get(files);
  if (known !== undefined) return known;
  const byFolder = new Map<string, string[]>();
  for (const { path, format } of files) {
    if (format !== 'compose') continue;
    const beside = byFolder.get(folderOf(path));
    if (beside === undefined) byFolder.set(folderOf(path), [path]);
    else beside.push(path);
  }
  const layout = { found: new Set(files.map(({ path }) => path)), byFolder };
  layouts.set(files, layout);
  return layout;
}

function baseContext(workspace: Workspace): Pick<DockerfileContext, 'files' | 'catalogue'> {
  return { files: workspace.reader, catalogue: workspace.catalogue() };
}

/** The documents that others include, and those that these include. A service of one of them is a service of all. */
function included(
  documents: readonly ComposeDocument[],
  open: (path: string) => ComposeDocument | undefined,
): readonly ComposeDocument[] {
  const found = new Map(documents.map((document) => [document.path, document]));
  const waiting = [...documents];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const { name } of includedFiles(next)) {
      const path = join(folderOf(next.path), name.value);
      const document = found.has(path) ? undefined : open(path);
      if (document === undefined) continue;
      found.set(path, document);
      waiting.push(document);
    }
  }
  return [...found.values()].slice(documents.length);
}

/** A file that only adds to a base: it is named an override, or a service of it is incomplete by itself. */
export function isFragment(document: ComposeDocument, base: ComposeDocument): boolean {
  if (/override\.ya?ml$/.test(basename(document.path))) return true;
  const declared = new Set(base.services.map(({ name }) => name));
  return document.services.some(
    ({ name, map }) =>
      declared.has(name) && !['image', 'build', 'extends'].some((key) => map?.has(key) === true),
  );
}

/** Where a Compose file that builds this Dockerfile stands: in its folder or above it. */
function nearbyFolders(path: string): readonly string[] {
  const folder = folderOf(path);
  const above: string[] = [];
  for (let at = folder; at !== '.'; at = folderOf(at)) above.push(at);
  return [...above, '.'];
}

/** What a service's own `entrypoint` and `command` run: the script of `sh -c`, or all words. */
function startText(view: ServiceView): string {
  const words = ['entrypoint', 'command'].flatMap((key) => strings(view.last(key)?.value));
  const script = words[words.findIndex((word) => /^-\w*c$/.test(word)) + 1];
  return words.some((word) => /^-\w*c$/.test(word)) ? (script ?? '') : words.join(' ');
}

/** The words of its health check. */
function healthcheckTest(view: ServiceView): ServiceUse['healthcheckTest'] {
  const field = view.last('healthcheck');
  if (field === undefined || !isRecord(field.value)) return undefined;
  return { text: strings(field.value.test).join(' '), evidence: citeField(field) };
}

function usesIn(project: ComposeProject, path: string): { use: ServiceUse; context: string }[] {
  return project.services().flatMap((view) => {
    const field = view.last('build');
    const target = field === undefined ? undefined : buildTarget(field, view);
    if (field === undefined || target?.dockerfile !== path) return [];
    const user = view.last('user')?.value;
    const use: ServiceUse = {
      service: view.name,
      evidence: citeField(field),
      target: target.target,
      buildArgs: target.args,
      user: typeof user === 'string' ? user : undefined,
      writableMounts: mountsOf(view)
        .filter((mount) => !mount.readOnly && mount.kind !== 'tmpfs')
        .map((mount) => ({ path: mount.target, evidence: mount.evidence })),
      healthcheck: view.last('healthcheck') !== undefined,
      healthcheckTest: healthcheckTest(view),
      init: view.last('init')?.value === 'true',
      start: startText(view),
      replacesStart: view.last('command') !== undefined || view.last('entrypoint') !== undefined,
    };
    return [{ use, context: target.context }];
  });
}
