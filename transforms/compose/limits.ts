import { isMap, type Node, type YAMLMap } from 'yaml';
import { refused, type Edits } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import { ownPair } from '../../src/formats/compose/document.js';
import { addKey, sharedReason } from '../../src/formats/compose/edit.js';
import { isMerging } from '../../src/formats/compose/merge.js';
import { addBelow } from '../../src/formats/compose/section.js';
import { limitsOf, type Limit } from '../../src/workload/compose/limits.js';
import type { Need } from '../../src/workload/model.js';
import { ownField, proposal, type DeclaredService } from './service.js';

/**
 * Beside `deploy.resources.limits` Compose refuses `mem_limit`, `cpus` and `pids_limit` when the two differ, and one
 * that is not set differs too (compose-go, loader/validate.go); Swarm knows only the former.
 */
function limitsInDeploy({ view, swarm }: DeclaredService['workload']): boolean {
  return swarm || limitsOf(view).length > 0;
}

interface LimitOutcome {
  readonly message: string;
  readonly unknownReason: string;
  /** The number as Compose takes it; for a need that is unknown, what to put in its place. */
  readonly value: string | number;
}

/** The finding for a limit that follows from a need, written where the service keeps its other limits. */
export function proposeLimit(
  declared: DeclaredService,
  limit: Limit,
  need: Need<number>,
  { message, unknownReason, value }: LimitOutcome,
): Finding {
  return proposal(
    declared,
    need.certainty,
    {
      message,
      evidence: need.evidence,
      change: limitText(declared, limit, String(value)),
      unknownReason: need.reason ?? unknownReason,
    },
    () => addLimit(declared, limit, value),
  );
}

/** The limit as a reviewer reads it. */
function limitText(declared: DeclaredService, { key, inDeploy }: Limit, value: string): string {
  return limitsInDeploy(declared.workload)
    ? `deploy.resources.limits.${inDeploy}: ${value}`
    : `${key}: ${value}`;
}

function addLimit(declared: DeclaredService, limit: Limit, value: string | number): Edits {
  const { document, service, workload } = declared;
  if (!limitsInDeploy(workload)) return addKey(document, service, limit.key, value);
  const deploy = ownField(declared, 'deploy');
  if (!deploy.ok) return deploy;
  return addBelowOwn(declared, deploy.field.node, ['resources', 'limits'], limit.inDeploy, value);
}

/** Adds an entry below the keys that lead to it, as far as a node has them. */
function addBelowOwn(
  declared: DeclaredService,
  node: Node | undefined,
  keys: readonly string[],
  name: string,
  value: string | number,
): Edits {
  const { document, service } = declared;
  if (!isMap(node)) return refused('its deploy section is not written in place');
  const shared = service.locked ?? sharedReason(service, node);
  if (shared !== undefined) return refused(shared);
  const map = node as YAMLMap;
  const [key, ...more] = keys;
  const own = key === undefined ? undefined : ownPair(map, key);
  if (own !== undefined) return addBelowOwn(declared, own.value ?? undefined, more, name, value);
  if (isMerging(map)) return refused('its deploy section comes from an anchor in parts');
  return addBelow(document, map, keys, name, value);
}
