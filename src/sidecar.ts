import { basename } from 'node:path';
import { applyEdits, type Edits, type TextEdit } from './core/text.js';
import { appliedEdits, firstOverlap } from './core/fixes.js';
import type { FilePlan } from './core/plan.js';
import type { Format } from './core/types.js';
import { composeDelta } from './formats/compose/delta.js';
import { includedFiles, type ComposeDocument } from './formats/compose/document.js';
import { buildFrom, extendFrom, renameFile } from './formats/compose/edit.js';
import { parseCompose } from './formats/compose/parse.js';
import { flyBuild, pointFly } from './formats/toml/fly.js';
import type { Run } from './harden.js';
import { extendedFile, folderOf, join } from './workload/compose/project.js';

/**
 * Where the hardened variant of a file stands: `Dockerfile.hardened`, `docker-compose.hardened.yml`,
 * `app.service.hardened`. A file that is known by its ending keeps it, but for units: systemd and Quadlet must not load both.
 */
export function sidecarPath(path: string, format: Format): string {
  const dot = path.lastIndexOf('.');
  const byEnding =
    format === 'compose' ||
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
  if (format === 'fly') return flyText(plan, links);
  const document = plan.original as ComposeDocument;
  const edits = format === 'compose' ? linkEdits(run, document, links) : [];
  const text = edits.length === 0 ? plan.result : (withLinks(plan, edits) ?? plan.result);
  return text === plan.original.text ? undefined : text;
}

/** A fly.toml with its changes, which builds from the hardened Dockerfile where there is one. */
function flyText({ path, original, result }: FilePlan, { isHardened }: Links): string | undefined {
  const build = flyBuild(original.text);
  const linked = build.kind === 'dockerfile' && isHardened(join(folderOf(path), build.dockerfile));
  const point = linked ? pointFly(result, sidecarPath(build.dockerfile, 'dockerfile')) : undefined;
  const text = point?.ok === true ? applyEdits(result, point.edits) : result;
  return text === original.text ? undefined : text;
}

/** The plan's result with the links; undefined when more than these would differ. */
function withLinks(plan: FilePlan, links: readonly TextEdit[]): string | undefined {
  const edits = [...appliedEdits(plan), ...links];
  if (firstOverlap(edits) !== undefined) return undefined;
  const text = applyEdits(plan.original.text, edits);
  const [without, linked] = [parseCompose(plan.path, plan.result), parseCompose(plan.path, text)];
  if (!without.ok || !linked.ok) return undefined;
  const delta = composeDelta(without.document, linked.document);
  const expected = delta.every(
    ([top, , key]) => top === 'include' || (top === 'services' && (key === 'build' || key === 'extends')),
  );
  return expected ? text : undefined;
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
