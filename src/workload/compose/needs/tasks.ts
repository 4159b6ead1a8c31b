import { citeSource } from '../../../core/evidence.js';
import { citations, known, likely, type Need } from '../../model.js';
import type { Origin } from '../origin.js';

/**
 * High enough for every server whose documentation names a number (Elasticsearch asks for the most, these 4096), low
 * enough to leave a host its process table.
 */
export const GENEROUS_LIMIT = 4096;

export function tasksNeed(origin: Origin): Need<number> {
  if (origin.kind === 'server' && origin.facts.tasks !== undefined) {
    const { limit, cites } = origin.facts.tasks;
    return known(limit, ...origin.evidence, ...citations(cites));
  }
  return likely(
    GENEROUS_LIMIT,
    ...origin.evidence,
    // Twice what Podman gives every container of which nothing else is said.
    citeSource(
      'https://docs.podman.io/en/v4.4/markdown/options/pids-limit.html',
      'The default is 2048 on systems that support “pids” cgroup controller.',
    ),
  );
}
