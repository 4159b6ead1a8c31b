import type { Evidence, Finding } from '../core/types.js';
import type { ServiceWorkload } from '../workload/compose/service.js';
import type { ImageBuild } from '../workload/dockerfile.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';

/** What a check says of one subject. */
export type Verdict =
  | { readonly kind: 'met' | 'unmet'; readonly says: string; readonly evidence: readonly Evidence[] }
  /** No file says; `says` tells why. */
  | { readonly kind: 'unknown'; readonly says: string }
  /** The subject has nothing that the check is about. */
  | { readonly kind: 'absent' };

/** A container that a file describes: a Compose service, a Quadlet unit. */
export interface ContainerSubject {
  readonly kind: 'container';
  readonly name: string;
  /** The file that declares it. */
  readonly path: string;
  readonly workload: ServiceWorkload;
  /** Podman starts it: it has no Docker daemon's defaults. */
  readonly podman: boolean;
  /** What harden still finds of it, by the ids of transforms. */
  found(id: string): readonly Finding[];
}

/** An image that a Dockerfile describes: one of its stages that can be run. */
export interface ImageSubject {
  readonly kind: 'image';
  /** The stage's name; empty without one. */
  readonly name: string;
  readonly path: string;
  readonly document: DockerfileDocument;
  readonly build: ImageBuild;
  /** What harden still finds of it, by the ids of transforms. */
  found(id: string): readonly Finding[];
}

export type Subject = ContainerSubject | ImageSubject;

interface CheckBase {
  /** `capabilities-dropped`. */
  readonly name: string;
  /** The transforms whose findings are about the same. */
  readonly transforms: readonly string[];
}

export interface ContainerCheck extends CheckBase {
  readonly of: 'container';
  decide(subject: ContainerSubject): Verdict;
}

export interface ImageCheck extends CheckBase {
  readonly of: 'image';
  decide(subject: ImageSubject): Verdict;
}

export type Check = ContainerCheck | ImageCheck;

/** What a control asks for, and how it is decided. */
export interface Control {
  /** `CIS-Docker-5.4`. */
  readonly id: string;
  readonly title: string;
  /** The checks that decide it; without any no file can show whether it holds. */
  readonly checks: readonly Check[];
  /** What only the host, the registry or a person knows, and the command or the question that decides it. */
  readonly undecided?: Undecided;
}

export interface Undecided {
  readonly why: string;
  /** A command for the host, or what to look at. */
  readonly decide: string;
  /** True when it stays open even where every check holds. */
  readonly always?: boolean;
}

export interface Standard {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly source: string;
  /** What of it a file can show, where that is not all. */
  readonly scope?: string;
  readonly controls: readonly Control[];
}

/**
 * PASS: every subject meets it. PARTIAL: some do, or what doesn't is accepted with a reason. FAIL: none does. NOT
 * APPLICABLE: there is nothing that it is about. UNDECIDABLE: files can't show it.
 */
export type Status = 'PASS' | 'PARTIAL' | 'FAIL' | 'NOT APPLICABLE' | 'UNDECIDABLE';
