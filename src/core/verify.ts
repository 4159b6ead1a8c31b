import { messageOf } from './errors.js';
import { firstOverlap, fixesOf } from './fixes.js';
import { applyEdits, BOM, countLineEndings } from './text.js';
import type {
  FixFinding,
  FormatAdapter,
  Phase,
  SemanticPath,
  SourceDocument,
  ConfiguredTransform,
  TransformMeta,
} from './types.js';

/** A transform with the fixes of it that are to be applied. */
interface Acting<D extends SourceDocument, C> {
  readonly transform: ConfiguredTransform<D, C>;
  readonly fixes: readonly FixFinding[];
}

interface VerifyOptions<D extends SourceDocument, C> {
  readonly adapter: FormatAdapter<D>;
  readonly phase: Phase;
  readonly contextFor: (document: D) => C;
}

type Verdict = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * Applies the fixes and proves of the result: it parses; only what the transforms declare to touch, within
 * the findings' subjects, has changed in meaning; no comment is lost; byte order mark, line endings and final
 * newline are kept; the same transforms propose nothing more.
 */
export function verify<D extends SourceDocument, C>(
  document: D,
  acting: readonly Acting<D, C>[],
  options: VerifyOptions<D, C>,
): Verdict {
  try {
    return prove(document, acting, options);
  } catch (error) {
    return fail(`its check failed: ${messageOf(error)}`);
  }
}

function prove<D extends SourceDocument, C>(
  document: D,
  acting: readonly Acting<D, C>[],
  options: VerifyOptions<D, C>,
): Verdict {
  const edits = acting.flatMap(({ fixes }) => fixes.flatMap((fix) => fix.edits));
  const clash = firstOverlap(edits);
  if (clash !== undefined) {
    return fail(`two edits overlap at line ${document.lines.lineOf(clash[1].start)}`);
  }
  const text = applyEdits(document.text, edits);
  const proof = proveText(document, text, options.adapter, {
    isAbout: (path) => acting.some(({ transform, fixes }) => covers(transform.meta, fixes, path)),
  });
  if (!proof.ok) return proof;

  const context = options.contextFor(proof.document);
  for (const { transform } of acting) {
    if (fixesOf(transform.meta, transform.run(proof.document, context), options.phase).length > 0) {
      return fail(`${transform.meta.id} proposes more changes to its own result`);
    }
  }
  return { ok: true, text };
}

type Proof<D> = { readonly ok: true; readonly document: D } | { readonly ok: false; readonly reason: string };

/** What a change may do to its file. */
interface Scope {
  /** True for a path that may differ in meaning. */
  readonly isAbout: (path: SemanticPath) => boolean;
  /** Comments that may go. */
  readonly taken?: readonly string[];
}

/**
 * Proves of a changed text: it parses; only what the change is about differs in meaning; no other comment is lost; byte order
 * mark, line endings and final newline are kept.
 */
export function proveText<D extends SourceDocument>(
  document: D,
  text: string,
  adapter: FormatAdapter<D>,
  { isAbout, taken = [] }: Scope,
): Proof<D> {
  const parsed = adapter.parse(document.path, text);
  if (!parsed.ok) {
    const line = 'line' in parsed ? `line ${parsed.line}: ` : '';
    return fail(`the result does not parse: ${line}${parsed.reason}`);
  }
  const stray = adapter.delta(document, parsed.document).find((path) => !isAbout(path));
  if (stray !== undefined) return fail(`it changes ${stray.join('.')}, which it does not declare`);
  const lost = lostComment(document.comments(), [...parsed.document.comments(), ...taken]);
  if (lost !== undefined) return fail(`it loses the comment ${lost}`);
  const form = formDifference(document.text, text);
  return form === undefined ? { ok: true, document: parsed.document } : fail(form);
}

function fail(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** True when a changed path lies under a declared pattern and under the subject of one of the fixes. */
export function covers(meta: TransformMeta, fixes: readonly FixFinding[], path: SemanticPath): boolean {
  return fixes.some(({ subject, sharedBy }) => {
    if (sharedBy === undefined) return isBelow(path, subject) && declares(meta, path);
    if (sharedBy.some((part) => isBelow(path, part))) return declares(meta, path);
    const [part] = sharedBy;
    return (
      part !== undefined && isBelow(path, subject) && declares(meta, [...part, ...path.slice(subject.length)])
    );
  });
}

function isBelow(path: SemanticPath, start: SemanticPath): boolean {
  return start.every((part, at) => part === path[at]);
}

function declares(meta: TransformMeta, path: SemanticPath): boolean {
  return meta.touches.some((pattern) => {
    const segments = pattern.split('.');
    return segments.length <= path.length && segments.every((part, at) => matches(part, path[at]!));
  });
}

/** `*` at the end of a segment stands for what may follow. */
function matches(pattern: string, segment: string): boolean {
  return pattern.endsWith('*') ? segment.startsWith(pattern.slice(0, -1)) : segment === pattern;
}

/** The first comment of `before` that is not among `after`, counting repetitions. */
export function lostComment(before: readonly string[], after: readonly string[]): string | undefined {
  const left = new Map<string, number>();
  for (const comment of after) left.set(comment, (left.get(comment) ?? 0) + 1);
  for (const comment of before) {
    const count = left.get(comment) ?? 0;
    if (count === 0) return comment;
    left.set(comment, count - 1);
  }
  return undefined;
}

/** What of a file's outer form an edit has changed. */
function formDifference(before: string, after: string): string | undefined {
  if (before.startsWith(BOM) !== after.startsWith(BOM)) return 'it changes the byte order mark';
  if (before.endsWith('\n') !== after.endsWith('\n')) return 'it changes the final newline';
  const [old, now] = [countLineEndings(before), countLineEndings(after)];
  const [wasCrlf, isCrlf] = [old.crlf > old.lf, now.crlf > now.lf];
  if (old.crlf + old.lf > 0 && wasCrlf !== isCrlf) return 'it changes the line endings';
  if (wasCrlf ? now.lf > old.lf : now.crlf > old.crlf) return 'it mixes line endings';
  return undefined;
}
