import type { CompanionMode } from './companions.js';
import { ownFile, type Companion, type CompanionNote } from './core/companion.js';
import { lazy } from './core/lazy.js';
import type { FilePlan, PlanEntry } from './core/plan.js';
import { parseCompose } from './formats/compose/parse.js';
import type { Run } from './harden.js';
import { folderOf, join } from './workload/compose/project.js';
import type { ServiceWorkload } from './workload/compose/service.js';

/** What the files of harden's own that a plan's changes need are made from. */
export interface OwnFiles {
  readonly plan: FilePlan;
  /** The changes of a transform that are made. */
  applied(transform: string): readonly PlanEntry[];
  /** The services of a Compose file as they are planned, by their names. */
  planned(): ReadonlyMap<string, ServiceWorkload>;
  /**
   * A file that a change needs.
   * @param path relative to the folder of the plan's file.
   * @param text with its seal.
   */
  file(
    entry: PlanEntry,
    file: Pick<Companion, 'kind' | 'path' | 'text'>,
    note: Pick<CompanionNote, 'subject' | 'reason'>,
  ): Companion;
}

export function createOwnFiles(run: Run, plan: FilePlan, mode: CompanionMode): OwnFiles {
  return {
    plan,
    applied: (transform) =>
      plan.entries.filter(({ disposition, meta }) => disposition === 'applied' && meta.id === transform),
    planned: lazy(() => {
      const parsed = parseCompose(plan.path, plan.result);
      if (!parsed.ok) return new Map();
      const context = run.projects.composeContext(parsed.document);
      return new Map(
        parsed.document.services.flatMap(({ name }): [string, ServiceWorkload][] => {
          const workload = context.workload(name);
          return workload === undefined ? [] : [[name, workload]];
        }),
      );
    }),
    file: (entry, { kind, path: relative, text }, note) => {
      const path = join(folderOf(plan.path), relative);
      const original = run.workspace.reader.read(path);
      const variant = mode === 'write';
      return ownFile({ kind, path, variant, source: plan.path, original, text }, entry, note);
    },
  };
}
