import { messageOf } from './errors.js';
import { readDefault, type OptionReader } from './options.js';
import { rebase } from './rebase.js';
import { appliedEdits, firstOverlap, fixesOf, isFix, phaseOf } from './fixes.js';
import { applyEdits } from './text.js';
import type {
  ConfiguredTransform,
  Finding,
  FormatAdapter,
  Phase,
  SourceDocument,
  Transform,
  TransformMeta,
} from './types.js';
import { verify } from './verify.js';

/** What became of a finding. Everything that isn't `applied` says why. */
export type Disposition =
  /** Its edits are part of the result. */
  | 'applied'
  /** It may be applied, in a later phase than the one asked for. */
  | 'later'
  /** A person must decide. */
  | 'manual'
  /** Rightly left as it is. */
  | 'accepted'
  /** Its edits failed verification: a bug of the transform, kept away from the user's file. */
  | 'unsound';

export interface PlanEntry {
  readonly meta: TransformMeta;
  readonly finding: Finding;
  readonly disposition: Disposition;
  /** The phase in which the finding may be applied. */
  readonly phase: Phase;
  /** Why it was not applied; undefined for `applied`. */
  readonly reason: string | undefined;
}

/** A transform that threw; the file's other transforms went on. */
export interface TransformFailure {
  readonly id: string;
  readonly error: string;
}

/**
 * The outcome for one file, and the only thing that renderers and writers consume. All edits are in
 * coordinates of `original` and don't overlap, so that any subset of the applied entries can be applied.
 */
export interface FilePlan {
  readonly path: string;
  readonly original: SourceDocument;
  readonly result: string;
  readonly entries: readonly PlanEntry[];
  readonly failures: readonly TransformFailure[];
}

export interface PlanOptions<D extends SourceDocument, C> {
  readonly adapter: FormatAdapter<D>;
  readonly transforms: readonly Transform<D, C>[];
  /** Findings of this phase and of earlier ones are applied. */
  readonly phase: Phase;
  readonly contextFor: (document: D) => C;
  /** What a person has decided of a finding beforehand; it may take its edits away, and adds none. */
  readonly review?: ((meta: TransformMeta, finding: Finding, document: D) => Finding) | undefined;
  /** What a project has set of a transform's policy. */
  readonly optionsFor?: ((id: string) => OptionReader) | undefined;
}

interface Proposal<D extends SourceDocument, C> {
  readonly transform: ConfiguredTransform<D, C>;
  readonly findings: readonly Finding[];
}

/**
 * Runs every transform of the registry over one document and verifies what comes out. Those that restructure the document
 * act first, one by one, and the others see what they left; all edits are in coordinates of the original.
 */
export function planDocument<D extends SourceDocument, C>(document: D, options: PlanOptions<D, C>): FilePlan {
  const transforms = options.transforms.map((transform) => configured(transform, options));
  const restructuring = transforms.filter(({ meta }) => meta.restructures === true);
  const others = transforms.filter(({ meta }) => meta.restructures !== true);
  const untouched: FilePlan = {
    path: document.path,
    original: document,
    result: document.text,
    entries: [],
    failures: [],
  };
  return [...restructuring.map((transform) => [transform]), others].reduce(
    (plan, transforms) => planOver(document, plan, transforms, options),
    untouched,
  );
}

/** A transform as a project has set it; its findings are reviewed, when its own result is checked too. */
function configured<D extends SourceDocument, C>(
  transform: Transform<D, C>,
  { review, optionsFor }: PlanOptions<D, C>,
): ConfiguredTransform<D, C> {
  const { meta } = transform;
  const option = optionsFor?.(meta.id) ?? readDefault;
  return {
    meta,
    run: (document, context) => {
      const findings = transform.run(document, context, option);
      return review === undefined ? findings : findings.map((finding) => review(meta, finding, document));
    },
  };
}

/** Goes on from the result of a plan; where what follows can't be told in terms of the original, from the original. */
function planOver<D extends SourceDocument, C>(
  document: D,
  first: FilePlan,
  transforms: readonly ConfiguredTransform<D, C>[],
  options: PlanOptions<D, C>,
): FilePlan {
  if (first.result !== document.text) {
    const parsed = options.adapter.parse(first.path, first.result);
    const joined = parsed.ok ? rebase(first, planTogether(parsed.document, transforms, options)) : undefined;
    if (joined !== undefined && isSound(joined)) return joined;
  }
  const left = first.result === document.text ? first : withoutEffect(first);
  const plan = planTogether(document, transforms, options);
  return {
    ...plan,
    entries: [...left.entries, ...plan.entries],
    failures: [...left.failures, ...plan.failures],
  };
}

/** True for a plan whose edits make its result of its original. */
function isSound(plan: FilePlan): boolean {
  const edits = appliedEdits(plan);
  return firstOverlap(edits) === undefined && applyEdits(plan.original.text, edits) === plan.result;
}

/** A plan none of whose edits are applied. */
function withoutEffect(plan: FilePlan): FilePlan {
  const reason = 'the other changes to the file could not be joined with it';
  const entries = plan.entries.map((entry): PlanEntry =>
    entry.disposition === 'applied' ? { ...entry, disposition: 'unsound', reason } : entry,
  );
  return { ...plan, result: plan.original.text, entries };
}

/**
 * Plans transforms that all see the same document; their edits are applied together and verified once, so that a file
 * costs two parses however many transforms act. Only when that verification fails is each transform verified alone, in
 * registry order, and the one at fault dropped as `unsound`.
 */
function planTogether<D extends SourceDocument, C>(
  document: D,
  transforms: readonly ConfiguredTransform<D, C>[],
  options: PlanOptions<D, C>,
): FilePlan {
  const failures: TransformFailure[] = [];
  const proposals: Proposal<D, C>[] = [];
  const context = options.contextFor(document);
  for (const transform of transforms) {
    try {
      proposals.push({ transform, findings: transform.run(document, context) });
    } catch (error) {
      failures.push({ id: transform.meta.id, error: messageOf(error) });
    }
  }

  const { result, unsound } = soundResult(document, proposals, options);
  return {
    path: document.path,
    original: document,
    result,
    entries: proposals.flatMap(({ transform, findings }) =>
      findings.map((finding) =>
        toEntry(transform.meta, finding, options.phase, unsound.get(transform.meta.id)),
      ),
    ),
    failures,
  };
}

interface Soundness {
  /** The verified text. */
  readonly result: string;
  /** Why a transform's edits were dropped, by its id. */
  readonly unsound: ReadonlyMap<string, string>;
}

function soundResult<D extends SourceDocument, C>(
  document: D,
  proposals: readonly Proposal<D, C>[],
  options: PlanOptions<D, C>,
): Soundness {
  const acting = proposals
    .map(({ transform, findings }) => ({
      transform,
      fixes: fixesOf(transform.meta, findings, options.phase),
    }))
    .filter(({ fixes }) => fixes.length > 0);
  if (acting.length === 0) return { result: document.text, unsound: new Map() };

  const whole = verify(document, acting, options);
  if (whole.ok) return { result: whole.text, unsound: new Map() };

  const unsound = new Map<string, string>();
  let kept: typeof acting = [];
  let result = document.text;
  for (const candidate of acting) {
    const attempt = verify(document, [...kept, candidate], options);
    if (attempt.ok) {
      kept = [...kept, candidate];
      result = attempt.text;
    } else {
      unsound.set(candidate.transform.meta.id, attempt.reason);
    }
  }
  return { result, unsound };
}

function toEntry(
  meta: TransformMeta,
  finding: Finding,
  phase: Phase,
  unsoundReason: string | undefined,
): PlanEntry {
  const acts = phaseOf(meta, finding);
  const base = { meta, finding, phase: acts };
  if (!isFix(finding)) return { ...base, disposition: finding.safety, reason: finding.reason };
  if (acts > phase) return { ...base, disposition: 'later', reason: `phase ${acts}` };
  if (unsoundReason !== undefined) return { ...base, disposition: 'unsound', reason: unsoundReason };
  return { ...base, disposition: 'applied', reason: undefined };
}
