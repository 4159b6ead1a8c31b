import { citeSource } from '../../../core/evidence.js';
import { citations, known, likely, type Need } from '../../model.js';
import type { Origin } from '../origin.js';

/**
 * High enough for every server whose documentation names a number, low enough to leave a host its process
 * table: Elasticsearch asks for the most.
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
    citeSource(
      'https://www.elastic.co/docs/deploy-manage/deploy/self-managed/max-number-of-threads',
      'the highest documented need: Elasticsearch must be able to create at least 4096 threads',
    ),
  );
}
