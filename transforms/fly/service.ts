import type { Edits } from '../../src/core/text.js';
import type { Evidence, Finding, SemanticPath, Transform, TransformMeta } from '../../src/core/types.js';
import { citePath, rangeAt, type FlyDocument } from '../../src/formats/toml/document.js';
import type { FlyContext } from '../../src/workload/context.js';
import { flyServices, type FlyService } from '../../src/workload/fly/services.js';

export type FlyTransform = Transform<FlyDocument, FlyContext>;

/** The reference of fly.toml; its headings are the keys. */
export const FLY_CONFIG = 'https://fly.io/docs/reference/configuration/';

/** A service with the file and the tree that it stands in. */
export interface DeclaredService {
  readonly document: FlyDocument;
  readonly context: FlyContext;
  readonly service: FlyService;
  readonly services: readonly FlyService[];
}

/** Makes a transform of a policy for each service that Fly's proxy reaches. */
export function forEachService(
  meta: TransformMeta,
  policy: (declared: DeclaredService) => Finding | readonly Finding[] | undefined,
): FlyTransform {
  return {
    meta,
    run: (document, context) => {
      const services = flyServices(document);
      return services.flatMap((service) => policy({ document, context, service, services }) ?? []);
    },
  };
}

export type Base = Pick<Finding, 'subject' | 'range' | 'message' | 'evidence'>;

/** What every finding about a part of the file has: its line is the first evidence. */
export function about(
  document: FlyDocument,
  path: SemanticPath,
  message: string,
  evidence: readonly Evidence[] = [],
): Base {
  const own = citePath(document, path);
  return { subject: path, range: rangeAt(document, path), message, evidence: [own, ...evidence] };
}

export function manual(base: Base, reason: string, suggestion?: string): Finding {
  return { ...base, safety: 'manual', reason, ...(suggestion === undefined ? {} : { suggestion }) };
}

export function accepted(base: Base, reason: string): Finding {
  return { ...base, safety: 'accepted', reason };
}

/** flyctl reads `[services]` as a list of one; what stands there is left to a person. */
function isOneTable(path: SemanticPath): boolean {
  return path.some((part, at) => /^(?:services|ports)$/.test(part) && !/^\d+$/.test(path[at + 1] ?? ''));
}

/** A change that needs testing, or the text to add by hand where the edit is refused. */
export function unsafe(base: Base, change: string, edit: Edits): Finding {
  if (isOneTable(base.subject)) return manual(base, 'its section is not written as a list', change);
  if (!edit.ok) return manual(base, edit.reason, change);
  return { ...base, safety: 'unsafe', change, edits: edit.edits };
}
