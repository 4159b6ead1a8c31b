import { basename } from 'node:path';
import { applyEdits, type Edits, type TextEdit } from './core/text.js';
import { appliedEdits, firstOverlap } from './core/fixes.js';
import type { FilePlan } from './core/plan.js';
import type { Format, FormatAdapter, SemanticPath, SourceDocument } from './core/types.js';
import { includedFiles, type ComposeDocument } from './formats/compose/document.js';
import { buildFrom, extendFrom, renameFile } from './formats/compose/edit.js';
import { composeAdapter } from './formats/compose/parse.js';
import { pointBlueprint, type BlueprintService } from './formats/render-yaml/blueprint.js';
import { renderAdapter } from './formats/render-yaml/parse.js';
import { flyBuild, pointFly } from './formats/toml/fly.js';
import type { Run } from './harden.js';
import { extendedFile, folderOf, join } from './workload/compose/project.js';
import { dockerfilePlace } from './workload/render/dockerfile-path.js';

/**
 * Where the hardened variant of a file stands: `Dockerfile.hardened`, `docker-compose.hardened.yml`,
 * `render.hardened.yaml`, `app.service.hardened`. A file that is known by its ending keeps it, but for units: systemd and Quadlet must not load both.
 */
export function sidecarPath(path: string, format: Format): string {
  const dot = path.lastIndexOf('.');
  const byEnding =
    format === 'compose' ||
    format === 'render' ||
    format === 'fly' ||
    (format === 'dockerfile' && /.\.dockerfile$/i.test(basename(path)));
  return byEnding ? `${path.slice(0, dot)}.hardened${path.slice(dot)}` : `${path}.hardened`;
}

/** What a hardened variant is told to use in the place of an original. */
export interface Links {
  /** True for a file that gets a hardened variant; one outside the paths of the run gets none. */
  readonly isHardened: (path: string) => boolean;
  /** False for an overlay: what a file includes can't be taken away by one that is merged over it. */
  readonly files: boolean;
}

/**
 * Links between hardened variants: a Compose file or a fly.toml builds from the hardened Dockerfile; Compose files extend
 * and include the hardened ones.
 */
export function createLinks(run: Run, { files }: Pick<Links, 'files'>): Links {
  const byPath = new Map(run.files.map((file) => [file.path, file]));
  const known = new Map<string, boolean>();
  const links: Links = {
    files,
    isHardened: (path) => {
      const cached = known.get(path);
      if (cached !== undefined) return cached;
      const file = byPath.get(path);
      // Files that include each other don't wait for each other.
      known.set(path, false);
      const linked = file?.format === 'dockerfile' || file?.format === 'compose';
      const outcome = linked ? run.plan(file) : undefined;
      const text =
        outcome?.kind === 'planned' ? sidecarText(run, outcome.file.format, outcome.plan, links) : undefined;
      known.set(path, text !== undefined);
      return text !== undefined;
    },
  };
  return links;
}

/** The text of a plan's hardened variant; undefined when it would be the original. */
export function sidecarText(run: Run, format: Format, plan: FilePlan, links: Links): string | undefined {
  const linked = format === 'fly' ? flyText(plan, links) : linkedText(run, format, plan, links);
  const text = linked ?? plan.result;
  return text === plan.original.text ? undefined : text;
}

/** The plan's result with its links; undefined where there are none, or when more than these would differ. */
function linkedText(run: Run, format: Format, plan: FilePlan, links: Links): string | undefined {
  if (format === 'compose') {
    return withLinks(plan, linkEdits(run, plan.original as ComposeDocument, links), {
      adapter: composeAdapter,
      declares: ([top, , key]) =>
        top === 'include' || (top === 'services' && (key === 'build' || key === 'extends')),
    });
  }
  if (format !== 'render') return undefined;
  return withLinks(plan, blueprintLinks(run, plan, links), {
    adapter: renderAdapter,
    declares: ([top, , key]) => top === 'services' && key === 'dockerfilePath',
  });
}

/** A fly.toml with its changes, which builds from the hardened Dockerfile; undefined where there is none. */
function flyText({ path, original, result }: FilePlan, { isHardened }: Links): string | undefined {
  const build = flyBuild(original.text);
  if (build.kind !== 'dockerfile' || !isHardened(join(folderOf(path), build.dockerfile))) return undefined;
  const point = pointFly(result, sidecarPath(build.dockerfile, 'dockerfile'));
  return point.ok ? applyEdits(result, point.edits) : undefined;
}

interface Linking<D extends SourceDocument> {
  readonly adapter: FormatAdapter<D>;
  /** True for what a link changes. */
  readonly declares: (path: SemanticPath) => boolean;
}

function withLinks<D extends SourceDocument>(
  plan: FilePlan,
  links: readonly TextEdit[],
  { adapter, declares }: Linking<D>,
): string | undefined {
  if (links.length === 0) return undefined;
  const edits = [...appliedEdits(plan), ...links];
  if (firstOverlap(edits) !== undefined) return undefined;
  const text = applyEdits(plan.original.text, edits);
  const [without, linked] = [adapter.parse(plan.path, plan.result), adapter.parse(plan.path, text)];
  if (!without.ok || !linked.ok) return undefined;
  return adapter.delta(without.document, linked.document).every(declares) ? text : undefined;
}

/** Has the services of a Blueprint build from the hardened Dockerfiles. */
function blueprintLinks(run: Run, { path, original }: FilePlan, links: Links): readonly TextEdit[] {
  const edits = pointBlueprint(original.text, (service) => {
    const dockerfile = blueprintDockerfile(run, path, service);
    return dockerfile !== undefined && links.isHardened(dockerfile)
      ? sidecarPath(service.dockerfile, 'dockerfile')
      : undefined;
  });
  return edits.ok ? edits.edits : [];
}

/** The Dockerfile that a service of a Blueprint is built from, relative to the root. */
export function blueprintDockerfile(run: Run, path: string, service: BlueprintService): string | undefined {
  return dockerfilePlace(service, path, run.workspace.reader)?.path;
}

function linkEdits(run: Run, document: ComposeDocument, links: Links): TextEdit[] {
  const context = run.projects.composeContext(document);
  const edits = document.services.flatMap((service): Edits[] => {
    const view = context.workload(service.name)?.view;
    const dockerfile = view === undefined ? undefined : run.projects.dockerfileOf(view);
    return dockerfile !== undefined && links.isHardened(dockerfile)
      ? [buildFrom(document, service, (name) => sidecarPath(name, 'dockerfile'))]
      : [];
  });
  if (links.files) edits.push(...fileLinks(document, links));
  return edits.flatMap((edit) => (edit.ok ? edit.edits : []));
}

function fileLinks(document: ComposeDocument, { isHardened }: Links): Edits[] {
  const hardened = (file: string): boolean => isHardened(join(folderOf(document.path), file));
  const rename = (file: string): string => sidecarPath(file, 'compose');
  const extended = document.services.flatMap((service) => {
    const file = extendedFile(service);
    return file !== undefined && hardened(file) ? [extendFrom(service, rename)] : [];
  });
  const included = includedFiles(document)
    .filter(({ name }) => hardened(name.value))
    .map(({ name, yaml }) => renameFile(yaml, name, rename));
  return [...extended, ...included];
}
