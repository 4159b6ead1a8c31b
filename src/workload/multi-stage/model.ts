import type { Evidence } from '../../core/types.js';
import type { DockerfileDocument, Stage } from '../../formats/dockerfile/document.js';
import type { Linked, RuntimeStageParts } from '../../../templates/runtime-stage.js';
import type { DockerfileContext } from '../context.js';
import type { ImageBuild } from '../dockerfile.js';
import type { RunCommand } from '../image-needs.js';
import type { Sources } from './sources.js';

/** A Dockerfile of one stage, with what its conversion asks about. */
export interface Project {
  readonly document: DockerfileDocument;
  readonly stage: Stage;
  readonly build: ImageBuild;
  readonly context: DockerfileContext;
  /** The WORKDIR that the program starts in. */
  readonly workdir: string;
  /** Folders that the build fills with the project: what is in them goes to the runtime stage with the stack's choice. */
  readonly roots: readonly string[];
  /** Names of the programs that start, without their folders. */
  readonly starts: readonly string[];
  readonly sources: Sources;
  /** True for a path of the tree that the build context leaves out. */
  ignored(path: string): boolean;
  /** A word of a RUN with the values of ENV and ARG; undefined when it depends on anything else. */
  expand(command: RunCommand, word: string): string | undefined;
  /** The text of a file of the image that the build context brings. */
  read(path: string): string | undefined;
}

/** What a command of a RUN leaves that the program may need. */
export type Role =
  /** Nothing: it looks, or takes away. */
  | { readonly kind: 'nothing' }
  /** Nothing beyond the project's folders, which are copied as the stack says. */
  | { readonly kind: 'build' }
  /** It prepares the system, and does so in the runtime stage too. */
  | { readonly kind: 'repeat'; readonly text?: string }
  /** The same, with all of its RUN: what it does depends on the commands before it. */
  | { readonly kind: 'whole' }
  /** Packages of the distribution. */
  | { readonly kind: 'packages'; readonly packages: readonly Package[] }
  /** Files outside the project's folders, to be copied. */
  | { readonly kind: 'output'; readonly paths: readonly string[] }
  /** What it leaves can't be told. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** A package as the install command names it. */
export interface Package {
  readonly name: string;
  /** With version and architecture. */
  readonly text: string;
  /** True for one of an apk virtual group, which is deleted again. */
  readonly temporary?: boolean;
}

/** A file or folder of the build stage. */
export interface StageCopy {
  /** Absolute. */
  readonly path: string;
  /** Where it goes, when not to the same path. */
  readonly to?: string;
}

/** What an image's builder leaves to copy, and how. */
export interface StackPlan {
  /** As people call it: `Node.js (pnpm)`. */
  readonly name: string;
  /** The image of the runtime stage, as FROM takes it. */
  readonly image: string;
  /** Why that one. */
  readonly imageEvidence: Evidence;
  readonly copies: readonly StageCopy[];
  /** The commands that bring the project down to what runs; they run as root in a stage built on the author's. */
  readonly prune: readonly string[];
  /** What the runtime stage must have the shared libraries of. */
  readonly linked: Linked;
  /** Packages that the runtime stage needs and its image, unlike the original, doesn't have. */
  readonly packages: readonly string[];
  /** Undefined for a stack without such images; a reason where it can't be told. */
  readonly bare?: BareNeed | string;
  /** What was copied or left out, and why: for the reviewer. */
  readonly notes: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** What a program needs of an image that has neither a shell nor a package manager. */
export type BareNeed =
  | { readonly kind: 'static' }
  /** It links to the C library, and where it `unwinds` to that of the compiler. */
  | { readonly kind: 'linked'; readonly unwinds: boolean }
  | { readonly kind: 'java' | 'node'; readonly version: number };

export type StackOutcome =
  | { readonly ok: true; readonly plan: StackPlan }
  | { readonly ok: false; readonly reason: string; readonly evidence?: readonly Evidence[] };

/** A language and its builder. */
export interface Stack {
  /** True for a project of this stack, by its base image. */
  readonly matches: (repository: string) => boolean;
  /** True where `role` looks at programs that npm installs globally. */
  readonly followsGlobal?: boolean;
  /** Folders of the image that are the project's own, beside its WORKDIR. */
  readonly folders?: readonly string[];
  /** The role of a command of the stack's own tools; undefined for another program. */
  readonly role: (command: RunCommand, project: Project, cwd: string) => Role | undefined;
  /** Packages that only its build needs, beyond those that no program needs at run time. */
  readonly buildPackages: RegExp;
  readonly plan: (project: Project) => StackOutcome;
}

export const UNLINKED: Linked = { folders: [], programs: [] };

export const NOTHING: Role = { kind: 'nothing' };
export const BUILD: Role = { kind: 'build' };
export const REPEAT: Role = { kind: 'repeat' };

export function unclear(reason: string): Role {
  return { kind: 'unclear', reason };
}

/** How a Dockerfile of one stage comes to have a build stage and a runtime stage. */
export interface Conversion {
  readonly ok: true;
  readonly stack: string;
  readonly parts: RuntimeStageParts;
  /** True when the author's stage has no name yet. */
  readonly unnamed: boolean;
  readonly notes: readonly string[];
  readonly evidence: readonly Evidence[];
}

export type ConversionOutcome =
  | Conversion
  /** A person must decide: what the build does isn't understood. */
  | {
      readonly ok: false;
      readonly kind: 'refused';
      readonly reason: string;
      readonly evidence: readonly Evidence[];
    }
  /** Nothing in the image is only for the build. */
  | { readonly ok: false; readonly kind: 'settled'; readonly reason: string };

/** A conversion that a person must decide on. */
export function refuse(reason: string, ...evidence: readonly Evidence[]): ConversionOutcome {
  return { ok: false, kind: 'refused', reason, evidence };
}

/** A Dockerfile that is right with its one stage. */
export function settled(reason: string): ConversionOutcome {
  return { ok: false, kind: 'settled', reason };
}
