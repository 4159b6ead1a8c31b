import { leave } from '../core/decision.js';
import { redact } from '../core/redact.js';
import { isNamed } from '../core/select.js';
import type { Finding, SourceDocument, TransformMeta } from '../core/types.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import { isSuppressed } from './match.js';
import { suppressionsOf } from './suppressions.js';
import type { Suppression, SuppressionProblem, Suppressions } from './types.js';

/** What the comments of one file leave out of its plan. */
export interface Reviewer {
  /** @param document the one in which the finding was made: the file, or what a change of its structure left. */
  review(meta: TransformMeta, finding: Finding, document: SourceDocument): Finding;
  /** The comments to harden that have no effect, when the file is planned. */
  notices(): readonly SuppressionProblem[];
}

/**
 * @param original the file.
 * @param ids of all transforms.
 * @param ran those of the transforms that run over it: a comment about another one may have its effect elsewhere.
 */
export function createReviewer(
  original: SourceDocument,
  ids: readonly string[],
  ran: readonly string[],
): Reviewer {
  const own = suppressionsOf(original, ids);
  if (own.found.length === 0) return { review: (_meta, finding) => finding, notices: () => own.problems };
  const used = new Set<string>();
  let last: { readonly document: SourceDocument; readonly suppressions: Suppressions } = {
    document: original,
    suppressions: own,
  };
  const of = (document: SourceDocument): readonly Suppression[] => {
    if (last.document !== document) last = { document, suppressions: suppressionsOf(document, ids) };
    return last.suppressions.found;
  };
  return {
    review: ({ id }, finding, document) => {
      if (finding.safety === 'accepted') return finding;
      const found =
        of(document).find((suppression) => isSuppressed(document, suppression, id, finding)) ??
        (document === original ? undefined : carriedOver(original, own.found, document, id, finding));
      if (found === undefined) return finding;
      used.add(keyOf(found, id));
      const { line, text, tool, reason } = found;
      const place = `${original.path}:${line}`;
      return leave(finding, {
        evidence: { file: original.path, line, text: redact(text) },
        reason: redact(tool === 'harden' ? `ignored by ${place}: ${reason}` : reason),
      });
    },
    notices: () => [...own.problems, ...unusedOf(own.found, ran, used)].sort((a, b) => a.line - b.line),
  };
}

/** True where some comment of a file leaves a transform out that is about a file beside it. */
export function isNamedByComment(document: SourceDocument, ids: readonly string[], id: string): boolean {
  const isIt = (name: string): boolean => name === id || id.endsWith(`/${name}`);
  return suppressionsOf(document, ids).found.some(({ names }) => names.some(isIt));
}

/** A comment keeps its text wherever a change of the structure puts it. */
function keyOf({ text }: Suppression, id: string): string {
  return `${id} ${text}`;
}

/**
 * Where a Dockerfile gets a stage to run in, what was said of the whole last stage is meant of that one: the comment itself
 * stays with the stage that builds.
 */
function carriedOver(
  original: SourceDocument,
  suppressions: readonly Suppression[],
  document: SourceDocument,
  id: string,
  finding: Finding,
): Suppression | undefined {
  if (document.format !== 'dockerfile') return undefined;
  const before = (original as DockerfileDocument).finalStage.from;
  const after = (document as DockerfileDocument).finalStage.from;
  if (finding.range.start < after.start) return undefined;
  return suppressions.find(
    ({ names, range }) =>
      range.start <= before.start && range.end > before.end && names.some((name) => isNamed(id, name)),
  );
}

function unusedOf(
  suppressions: readonly Suppression[],
  ran: readonly string[],
  used: ReadonlySet<string>,
): readonly SuppressionProblem[] {
  return suppressions.flatMap((suppression) => {
    // Whether another tool has use for its comment is not ours to say.
    if (suppression.tool !== 'harden') return [];
    return suppression.names.flatMap((name) => {
      const named = ran.filter((id) => isNamed(id, name));
      if (named.length === 0 || named.some((id) => used.has(keyOf(suppression, id)))) return [];
      return [{ line: suppression.line, reason: `${name} needs no comment here: it has no effect` }];
    });
  });
}
