import type { Catalogue } from '../catalogue/catalogue.js';
import type { DaemonFacts } from '../catalogue/daemon-types.js';
import type { Evidence, FileReader } from '../core/types.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import type { UnitDocument } from '../formats/systemd/document.js';
import type { FlyDocument } from '../formats/toml/document.js';
import type { ServiceWorkload } from './compose/service.js';
import type { ImageBuild } from './dockerfile.js';
import type { ContainerWorkload } from './quadlet/workload.js';
import type { CiChecks } from './render/ci-checks.js';
import type { Program } from './render/program.js';
import type { ResourceView } from './render/resource.js';
import type { KnownBesides } from './stated.js';

/** A Compose service that builds the Dockerfile in question, as far as the Dockerfile's transforms need it. */
export interface ServiceUse {
  readonly service: string;
  readonly evidence: Evidence;
  /** The stage that `build.target` names. */
  readonly target: string | undefined;
  /** `user:` of the service. */
  readonly user: string | undefined;
  /** Names of the build arguments that `build.args` passes. */
  readonly buildArgs: readonly string[];
  /** Container paths of its writable mounts: a change of user changes who may write there. */
  readonly writableMounts: readonly { readonly path: string; readonly evidence: Evidence }[];
  /** It has `healthcheck:`, which takes the place of the image's. */
  readonly healthcheck: boolean;
  /** The words of `healthcheck.test`, as a shell would read them. */
  readonly healthcheckTest?: { readonly text: string; readonly evidence: Evidence } | undefined;
  /** It has `init: true`. */
  readonly init: boolean;
  /** It starts something else than the image says: `command:` or `entrypoint:`. */
  readonly replacesStart: boolean;
  /** The text of that, as a shell would read it. */
  readonly start: string;
}

/** A Compose service that runs a Dockerfile's image: it builds it, or names it as it is published. */
export interface ImageRun {
  readonly evidence: readonly Evidence[];
  /** The service has a check of its own. */
  readonly healthcheck: boolean;
  /** The engine starts an init before it: `init: true`, or compose/add-init writes it. */
  readonly init: boolean;
}

/**
 * What a conversion puts the program on: the slim variant of its own image, or an image without a shell and a package
 * manager.
 */
export type RuntimeBase = 'slim' | 'distroless' | 'chainguard' | 'dhi';

export interface DockerfileContext {
  /** The tree; the build context is the Dockerfile's folder unless a service's `build.context` says otherwise. */
  readonly files: FileReader;
  readonly catalogue: Catalogue;
  /** The build context, relative to the root. */
  readonly buildContext: string;
  /** The Compose services that build this file. */
  readonly usedBy: readonly ServiceUse[];
  /** All Compose services of the tree that run its image, also by the name under which it is published. */
  runs(): readonly ImageRun[];
  /** Undefined when images are not to be pinned. */
  readonly digests: Digests | undefined;
  readonly base: RuntimeBase;
}

export interface UnitContext {
  readonly files: FileReader;
  /** What is known of a program that a unit starts. */
  daemon(program: string): DaemonFacts | undefined;
  /** The drop-ins of a unit, in the manager's order. */
  dropIns(path: string): readonly UnitDocument[];
  /** The other units in the folder of a unit, each with its drop-ins. */
  unitsBeside(path: string): readonly UnitDocument[];
  /** What a person says that a unit needs. */
  stated(path: string): KnownBesides;
  /** The oldest systemd that is to understand every setting. */
  readonly systemdVersion: number;
}

/** The digest that an image's tag has in its registry, or why that is not known. */
export type Resolution =
  { readonly ok: true; readonly digest: string } | { readonly ok: false; readonly reason: string };

/** Resolutions by image reference, as Compose reads it. */
export type Digests = ReadonlyMap<string, Resolution>;

export interface ComposeContext {
  /** The service as the whole project describes it; undefined for a name that no document declares. */
  workload(service: string): ServiceWorkload | undefined;
  /** Undefined when images are not to be pinned. */
  readonly digests: Digests | undefined;
}

export interface QuadletContext {
  readonly workload: ContainerWorkload;
  /** Undefined when images are not to be pinned. */
  readonly digests: Digests | undefined;
}

/** The image that a Fly app's configuration builds, when its Dockerfile is in the tree. */
export interface FlyImage {
  readonly document: DockerfileDocument;
  readonly build: ImageBuild;
  readonly context: DockerfileContext;
}

export interface FlyContext {
  readonly image: FlyImage | undefined;
  readonly catalogue: Catalogue;
  /** The configurations of other Fly apps in the tree. */
  readonly others: readonly FlyDocument[];
  /** Undefined when images are not to be pinned. */
  readonly digests: Digests | undefined;
}

export interface RenderContext {
  /** The services, databases and environment groups of the Blueprint, in order. */
  readonly resources: readonly ResourceView[];
  /** What runs in a service, as far as the repository has it. */
  program(view: ResourceView): Program | undefined;
  /** Whether the CI checks each commit to a branch; the default one where none is named. */
  ciChecks(branch: string | undefined): CiChecks;
  /** Undefined when images are not to be pinned. */
  readonly digests: Digests | undefined;
}
