import type { OptionReader, TransformOption } from './options.js';
import type { LineIndex, Range, TextEdit } from './text.js';

export type Format = 'dockerfile' | 'compose' | 'systemd' | 'quadlet' | 'fly' | 'render';

/** `known`: read from a file or a cited document. `likely`: inferred. `unknown`: nothing says so. */
export type Certainty = 'known' | 'likely' | 'unknown';

/** Why something is believed: a line of the user's repository, or a document that anyone can open. */
export type Evidence =
  | { readonly file: string; readonly line: number; readonly text: string }
  | { readonly source: string; readonly text: string };

/** A place in a document's meaning, not its text: `['services', 'web', 'cap_drop', '0']`. */
export type SemanticPath = readonly string[];

/** What every format's document has. A document is immutable and was parsed from exactly `text`. */
export interface SourceDocument {
  readonly format: Format;
  /** Relative to the root of the run, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
  /** The comments and parser directives in order, as written. No edit may lose one. */
  comments(): readonly string[];
  /** Where they stand. */
  readonly commentRanges: readonly Range[];
}

export type ParseResult<D> =
  | { readonly ok: true; readonly document: D }
  /** Broken input: reported with its line, exit code 2. */
  | { readonly ok: false; readonly kind: 'invalid'; readonly line: number; readonly reason: string }
  /** Not a file for harden (a template, a D-Bus service): left alone, with the reason where it helps. */
  | { readonly ok: false; readonly kind: 'foreign'; readonly reason: string };

/** What the planner must know of a format. */
export interface FormatAdapter<D extends SourceDocument> {
  readonly format: Format;
  parse(path: string, text: string): ParseResult<D>;
  /** The semantic paths in which two documents differ. White space and comments are no difference. */
  delta(before: D, after: D): readonly SemanticPath[];
}

/** The gravest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Phase = 1 | 2 | 3;

export interface TransformMeta {
  /** `<format>/<verb-object>`: the file's name and the fixtures' folder. */
  readonly id: `${Format}/${string}`;
  readonly title: string;
  /** One paragraph for `harden explain`: what is wrong without it, and how the change is derived. */
  readonly description: string;
  readonly severity: Severity;
  /** The earliest phase in which it may act; an unsafe instance never acts before phase 2. */
  readonly phase: Phase;
  /** The sentence a reviewer needs. */
  readonly mayBreak: string;
  /**
   * Patterns of the semantic paths that it may change, `*` for one segment or its end: `services.*.cap_drop`. Empty for
   * one that only reports what a person must decide.
   */
  readonly touches: readonly string[];
  /** True for one that gives the document another structure: the other transforms then see what it left. */
  readonly restructures?: boolean;
  /** True for one that goes by what the others leave: it sees their result, and what it adds to their text is theirs. */
  readonly follows?: boolean;
  /** What of its policy a project's config may set. */
  readonly options?: readonly TransformOption[];
  readonly controls: readonly string[];
  readonly references: readonly string[];
}

interface FindingBase {
  /** The part of the document that the finding is about, as the start of a semantic path. */
  readonly subject: SemanticPath;
  readonly range: Range;
  /** What is wrong, in one sentence. */
  readonly message: string;
  readonly evidence: readonly Evidence[];
}

/** A finding with a change that harden can make. */
export interface FixFinding extends FindingBase {
  readonly safety: 'safe' | 'unsafe';
  /** What changes, in a few words: `cap_drop: [ALL], cap_add: [SETGID, SETUID]`. */
  readonly change: string;
  readonly edits: readonly TextEdit[];
  /**
   * The parts that change with the subject because they take it over (services that merge an anchored mapping). What
   * `touches` declares is meant of these.
   */
  readonly sharedBy?: readonly SemanticPath[];
}

/** A finding that a person must decide; `suggestion` is shown and never applied. */
export interface ManualFinding extends FindingBase {
  readonly safety: 'manual';
  readonly reason: string;
  readonly suggestion?: string;
}

/** Looked at and rightly left as it is (a public edge, an entrypoint that steps down itself). */
export interface AcceptedFinding extends FindingBase {
  readonly safety: 'accepted';
  readonly reason: string;
}

export type Finding = FixFinding | ManualFinding | AcceptedFinding;

/**
 * A pure, synchronous function from a document and its context to findings. It projects the workload's needs
 * onto one format's vocabulary; no file system, network, clock or process.
 */
export interface Transform<D extends SourceDocument, C> {
  readonly meta: TransformMeta;
  run(document: D, context: C, option: OptionReader): readonly Finding[];
}

/** A transform of a run: what a project has set of its policy is in it. */
export interface ConfiguredTransform<D extends SourceDocument, C> {
  readonly meta: TransformMeta;
  run(document: D, context: C): readonly Finding[];
}

/** Reads other files of the tree: relative to the root, with `/`; nothing outside it can be named. */
export interface FileReader {
  /** The text of a file, or undefined when it is missing, too large, binary or outside the tree. */
  read(path: string): string | undefined;
  kind(path: string): 'file' | 'directory' | 'archive' | 'missing';
  /** The files and folders in a folder, by name; links are left out. Empty when it can't be looked at. */
  list(path: string): readonly FolderEntry[];
}

export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
}
