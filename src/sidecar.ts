import { basename } from 'node:path';
import { applyEdits, type TextEdit } from './core/text.js';
import { firstOverlap } from './core/fixes.js';
import type { FilePlan } from './core/plan.js';
import type { Format } from './core/types.js';
import { composeDelta } from './formats/compose/delta.js';
import type { ComposeDocument } from './formats/compose/document.js';
import { buildFrom } from './formats/compose/edit.js';
import { parseCompose } from './formats/compose/parse.js';
import type { Run } from './harden.js';

/**
 * Where the hardened variant of a file stands: `Dockerfile.hardened`, `docker-compose.hardened.yml`,
 * `app.service.hardened`. A file that is known by its ending keeps it, but for units: systemd must not load both.
 */
export function sidecarPath(path: string, format: Format): string {
  const dot = path.lastIndexOf('.');
  const byEnding =
    format === 'compose' || (format === 'dockerfile' && /.\.dockerfile$/i.test(basename(path)));
  return byEnding ? `${path.slice(0, dot)}.hardened${path.slice(dot)}` : `${path}.hardened`;
}

/** The edits of a plan that are applied, in coordinates of the original. */
export function appliedEdits(plan: FilePlan): TextEdit[] {
  return plan.entries.flatMap(({ disposition, finding }) =>
    disposition === 'applied' && 'edits' in finding ? finding.edits : [],
  );
}

/**
 * Decides which Dockerfiles get a hardened variant, so that the hardened Compose file can build from it. A
 * Dockerfile outside the paths of the run gets none.
 */
export function createHardenedBuilds(run: Run): (dockerfile: string) => boolean {
  const files = new Map(run.files.map((file) => [file.path, file]));
  const known = new Map<string, boolean>();
  return (path) => {
    const cached = known.get(path);
    if (cached !== undefined) return cached;
    const file = files.get(path);
    const outcome = file?.format === 'dockerfile' ? run.plan(file) : undefined;
    const changes = outcome?.kind === 'planned' && outcome.plan.result !== outcome.plan.original.text;
    known.set(path, changes);
    return changes;
  };
}

/** The text of a plan's hardened variant; undefined when it would be the original. */
export function sidecarText(
  run: Run,
  format: Format,
  plan: FilePlan,
  isHardened: (path: string) => boolean,
): string | undefined {
  const links = format === 'compose' ? buildLinks(run, plan.original as ComposeDocument, isHardened) : [];
  const text = links.length === 0 ? plan.result : (withLinks(plan, links) ?? plan.result);
  return text === plan.original.text ? undefined : text;
}

/** The plan's result with the links; undefined when more than builds would differ. */
function withLinks(plan: FilePlan, links: readonly TextEdit[]): string | undefined {
  const edits = [...appliedEdits(plan), ...links];
  if (firstOverlap(edits) !== undefined) return undefined;
  const text = applyEdits(plan.original.text, edits);
  const [without, linked] = [parseCompose(plan.path, plan.result), parseCompose(plan.path, text)];
  if (!without.ok || !linked.ok) return undefined;
  const delta = composeDelta(without.document, linked.document);
  return delta.every(([top, , key]) => top === 'services' && key === 'build') ? text : undefined;
}

function buildLinks(run: Run, document: ComposeDocument, isHardened: (path: string) => boolean): TextEdit[] {
  const context = run.projects.composeContext(document);
  return document.services.flatMap((service) => {
    const view = context.workload(service.name)?.view;
    const dockerfile = view === undefined ? undefined : run.projects.dockerfileOf(view);
    if (dockerfile === undefined || !isHardened(dockerfile)) return [];
    const link = buildFrom(document, service, (written) => sidecarPath(written, 'dockerfile'));
    return link.ok ? link.edits : [];
  });
}
