import { isNamed } from '../core/select.js';
import type { Finding, SourceDocument, TransformMeta } from '../core/types.js';
import { decide, placeOf, type Decision } from '../core/decision.js';
import { createScopes } from './scope.js';
import type { AcceptedRisk, HardenConfig } from './types.js';

/** What a project's config accepts, and what of it was met. */
export interface Acceptances {
  /** The finding, accepted where somebody answers for it today. */
  review(path: string, meta: TransformMeta, finding: Finding, document: SourceDocument): Finding;
  /** True for a transform that is accepted for the whole file. */
  accepts(path: string, id: string): boolean;
  /** The risks that a finding was met for, by their places in the config's list; those that have expired too. */
  readonly met: ReadonlySet<number>;
}

export function createAcceptances(config: HardenConfig | undefined): Acceptances {
  const accept = config?.accept ?? [];
  const scopes = createScopes(accept, config?.place);
  const met = new Set<number>();
  const find = (
    path: string,
    id: string,
    concerns: (risk: AcceptedRisk) => boolean,
  ): Decision | undefined => {
    const risks = scopes.about(path).filter((risk) => isNamed(id, risk.transform) && concerns(risk));
    for (const risk of risks) met.add(accept.indexOf(risk));
    const valid = risks.find(({ expired }) => !expired);
    return valid === undefined ? undefined : decisionOf(valid);
  };
  return {
    met,
    review: (path, { id }, finding, document) => {
      if (accept.length === 0) return finding;
      const line = document.lines.lineText(finding.range.start);
      return decide(finding, (service) =>
        find(
          path,
          id,
          (risk) =>
            (risk.service === undefined || risk.service === service) &&
            (risk.contains === undefined || concerns(risk.contains, line, finding)),
        ),
      );
    },
    accepts: (path, id) =>
      find(path, id, ({ service, contains }) => service === undefined && contains === undefined) !==
      undefined,
  };
}

function decisionOf({ evidence, expires, reason }: AcceptedRisk): Decision {
  return { evidence, reason: `accepted until ${expires} by ${placeOf(evidence)}: ${reason}` };
}

/** The line of a finding, or a line that it was found by. */
function concerns(contains: string, line: string, { message, evidence }: Finding): boolean {
  return [line, message, ...evidence.map(({ text }) => text)].some((text) => text.includes(contains));
}
