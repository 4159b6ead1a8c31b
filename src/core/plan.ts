import { messageOf } from './errors.js';
import { readDefault, type OptionReader } from './options.js';
import { rebase } from './rebase.js';
import { appliedEdits, firstOverlap, fixesOf, isFix, phaseOf } from './fixes.js';
import { applyEdits } from './text.js';
import type {
  ConfiguredTransform,
  Finding,
  FormatAdapter,
  ParseResult,
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
  /** What was worked out of the same document, with the same options, for other phases. */
  readonly memo?: PlanMemo<D> | undefined;
  /** Asks for what is found, not for what is changed: edits that nothing else sees are neither applied nor verified. */
  readonly findingsOnly?: boolean | undefined;
}

interface Proposal {
  readonly meta: TransformMeta;
  readonly findings: readonly Finding[];
}

interface Proposals {
  readonly proposals: readonly Proposal[];
  readonly failures: readonly TransformFailure[];
}

/** A text that was verified for a phase, with the fixes that made it. */
interface SoundText {
  readonly phase: Phase;
  readonly fixes: readonly Finding[];
  readonly text: string;
}

/**
 * What is the same in every phase of a document: what the transforms find of it, and how the texts read that are made of it.
 * Phases are best asked for from the last one.
 */
export interface PlanMemo<D extends SourceDocument> {
  readonly proposals: Map<D, Map<string, Proposals>>;
  readonly parsed: Map<string, ParseResult<D>>;
  readonly sound: Map<D, SoundText[]>;
}

export function createPlanMemo<D extends SourceDocument>(): PlanMemo<D> {
  return { proposals: new Map(), parsed: new Map(), sound: new Map() };
}

/**
 * Runs every transform of the registry over one document and verifies what comes out. Those that restructure the document
 * act first, one by one, and the others see what they left; all edits are in coordinates of the original.
 */
export function planDocument<D extends SourceDocument, C>(document: D, options: PlanOptions<D, C>): FilePlan {
  const transforms = options.transforms.map((transform) => configured(transform, options));
  const restructuring = transforms.filter(restructures);
  const others = transforms.filter((transform) => !restructures(transform));
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

function restructures({ meta }: { readonly meta: TransformMeta }): boolean {
  return meta.restructures === true;
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
    const parsed = parseOnce(first, options);
    const second = parsed.ok ? planTogether(parsed.document, transforms, options) : undefined;
    for (const apart of [true, false]) {
      const joined = second === undefined ? undefined : rebase(first, second, apart);
      if (joined !== undefined && isSound(joined)) return joined;
    }
  }
  const unchanged = first.result === document.text;
  const left = unchanged ? first : withoutEffect(first);
  // Those that restructure are seen by the ones that come after them.
  const findsOnly = options.findingsOnly === true && unchanged && !transforms.some(restructures);
  const plan = (findsOnly ? foundTogether : planTogether)(document, transforms, options);
  return {
    ...plan,
    entries: [...left.entries, ...plan.entries],
    failures: [...left.failures, ...plan.failures],
  };
}

function parseOnce<D extends SourceDocument, C>(
  { path, result }: FilePlan,
  { adapter, memo }: PlanOptions<D, C>,
): ParseResult<D> {
  const parsed = memo?.parsed.get(result) ?? adapter.parse(path, result);
  memo?.parsed.set(result, parsed);
  return parsed;
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
  const { proposals, failures } = proposalsOnce(document, transforms, options);
  const { result, unsound } = soundResult(document, transforms, proposals, options);
  return {
    path: document.path,
    original: document,
    result,
    entries: proposals.flatMap(({ meta, findings }) =>
      findings.map((finding) => toEntry(meta, finding, options.phase, unsound.get(meta.id))),
    ),
    failures,
  };
}

/** What transforms find of a document, with nothing applied. */
function foundTogether<D extends SourceDocument, C>(
  document: D,
  transforms: readonly ConfiguredTransform<D, C>[],
  options: PlanOptions<D, C>,
): FilePlan {
  const { proposals, failures } = proposalsOnce(document, transforms, options);
  return {
    path: document.path,
    original: document,
    result: document.text,
    entries: proposals.flatMap(({ meta, findings }) => findings.map((finding) => notApplied(meta, finding))),
    failures,
  };
}

function proposalsOnce<D extends SourceDocument, C>(
  document: D,
  transforms: readonly ConfiguredTransform<D, C>[],
  options: PlanOptions<D, C>,
): Proposals {
  const key = transforms.map(({ meta }) => meta.id).join();
  const known = options.memo?.proposals.get(document) ?? new Map<string, Proposals>();
  const found = known.get(key) ?? propose(document, transforms, options);
  known.set(key, found);
  options.memo?.proposals.set(document, known);
  return found;
}

function propose<D extends SourceDocument, C>(
  document: D,
  transforms: readonly ConfiguredTransform<D, C>[],
  { contextFor }: PlanOptions<D, C>,
): Proposals {
  const failures: TransformFailure[] = [];
  const proposals: Proposal[] = [];
  const context = contextFor(document);
  for (const transform of transforms) {
    const { meta } = transform;
    try {
      proposals.push({ meta, findings: transform.run(document, context) });
    } catch (error) {
      failures.push({ id: meta.id, error: messageOf(error) });
    }
  }
  return { proposals, failures };
}

interface Soundness {
  /** The verified text. */
  readonly result: string;
  /** Why a transform's edits were dropped, by its id. */
  readonly unsound: ReadonlyMap<string, string>;
}

function soundResult<D extends SourceDocument, C>(
  document: D,
  transforms: readonly ConfiguredTransform<D, C>[],
  proposals: readonly Proposal[],
  options: PlanOptions<D, C>,
): Soundness {
  const { memo, phase } = options;
  const byId = new Map(transforms.map((transform) => [transform.meta.id, transform]));
  const acting = proposals
    .map(({ meta, findings }) => ({
      transform: byId.get(meta.id)!,
      fixes: fixesOf(meta, findings, phase),
    }))
    .filter(({ fixes }) => fixes.length > 0);
  if (acting.length === 0) return { result: document.text, unsound: new Map() };

  const fixes = acting.flatMap((one) => one.fixes);
  const verified = memo?.sound.get(document) ?? [];
  // What a later phase finds nothing to add to, an earlier one does not either: it looks at fewer fixes.
  const known = verified.find((sound) => sound.phase >= phase && areSame(sound.fixes, fixes));
  if (known !== undefined) return { result: known.text, unsound: new Map() };

  const whole = verify(document, acting, options);
  if (whole.ok) {
    memo?.sound.set(document, [...verified, { phase, fixes, text: whole.text }]);
    return { result: whole.text, unsound: new Map() };
  }

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

function areSame(some: readonly Finding[], others: readonly Finding[]): boolean {
  return some.length === others.length && some.every((finding, at) => finding === others[at]);
}

function notApplied(meta: TransformMeta, finding: Finding): PlanEntry {
  const phase = phaseOf(meta, finding);
  return isFix(finding)
    ? { meta, finding, phase, disposition: 'later', reason: `phase ${phase}` }
    : { meta, finding, phase, disposition: finding.safety, reason: finding.reason };
}

function toEntry(
  meta: TransformMeta,
  finding: Finding,
  phase: Phase,
  unsoundReason: string | undefined,
): PlanEntry {
  const acts = phaseOf(meta, finding);
  if (!isFix(finding) || acts > phase) return notApplied(meta, finding);
  const base = { meta, finding, phase: acts };
  if (unsoundReason !== undefined) return { ...base, disposition: 'unsound', reason: unsoundReason };
  return { ...base, disposition: 'applied', reason: undefined };
}
