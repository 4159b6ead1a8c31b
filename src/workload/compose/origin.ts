import { parseImageReference, type Catalogue, type ImageReference } from '../../catalogue/catalogue.js';
import type { ImageFacts } from '../../catalogue/types.js';
import { isOutside } from '../../catalogue/versions.js';
import { citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { ImageBuild } from '../dockerfile.js';
import { environmentOf, isRecord, strings } from './plain.js';
import { citeField, folderOf, join, type Field, type ServiceView } from './project.js';

/** What a service runs, as far as the repository and the catalogue tell. */
export type Origin =
  /** The image's own program, about which the catalogue's facts hold. */
  | {
      readonly kind: 'server';
      readonly facts: ImageFacts;
      /** `likely` where the facts were read of other versions. */
      readonly certainty: 'known' | 'likely';
      readonly evidence: readonly Evidence[];
    }
  /** An image that a Dockerfile of the tree describes. */
  | {
      readonly kind: 'built';
      readonly build: ImageBuild;
      /** `likely` when only the image's name says that it is built here. */
      readonly certainty: 'known' | 'likely';
      readonly evidence: readonly Evidence[];
    }
  /** Nothing is known of what runs; `reason` completes "… is not known:". */
  | {
      readonly kind: 'unknown';
      readonly reason: string;
      readonly evidence: readonly Evidence[];
      /** The image that carries the user's own program. */
      readonly runtime?: ImageFacts;
      /** The image, which is known: what is started in it is not. */
      readonly image?: ImageFacts;
    };

/** What the catalogue knows of the image that runs, or of the one that it is built on. */
export function imageFacts(origin: Origin): ImageFacts | undefined {
  if (origin.kind === 'server') return origin.facts;
  return origin.kind === 'built' ? origin.build.facts : undefined;
}

/** Reads the Dockerfile that a service builds; undefined when it is missing or can't be read. */
export type BuildReader = (build: BuildTarget) => ImageBuild | undefined;

export interface BuildTarget {
  /** The build context, relative to the root. */
  readonly context: string;
  /** The Dockerfile, relative to the root. */
  readonly dockerfile: string;
  readonly target: string | undefined;
  /** Names of the build arguments that it passes. */
  readonly args: readonly string[];
}

/**
 * The Dockerfile that a `build` field names: https://docs.docker.com/reference/compose-file/build/.
 * Undefined for an inline Dockerfile and for a remote or variable context.
 */
export function buildTarget(field: Field, view: ServiceView): BuildTarget | undefined {
  const { value } = field;
  const record = isRecord(value) ? value : undefined;
  if (record?.dockerfile_inline !== undefined) return undefined;
  const fill = (text: string): string | undefined => {
    const filled = view.project.interpolate(text);
    return filled.unresolved.length > 0 ? undefined : filled.text;
  };
  const written =
    typeof value === 'string' ? value : record === undefined ? undefined : (record.context ?? '.');
  const context = typeof written === 'string' ? fill(written) : undefined;
  if (context === undefined || /^(?:[a-z+]+:\/\/|git@|\/|~)/.test(context)) return undefined;
  const name = fill(typeof record?.dockerfile === 'string' ? record.dockerfile : 'Dockerfile');
  if (name === undefined || name.startsWith('/')) return undefined;
  const folder = join(folderOf(field.document.path), context);
  return {
    context: folder,
    dockerfile: join(folder, name),
    target: typeof record?.target === 'string' ? fill(record.target) : undefined,
    args: Object.keys(environmentOf(record?.args)),
  };
}

/** Finds out what a service runs. A service that is built is described by its Dockerfile, not by its image's name. */
export function originOf(view: ServiceView, catalogue: Catalogue, readBuild: BuildReader): Origin {
  const built = view.last('build');
  if (built !== undefined) return builtOrigin(view, built, readBuild);
  const image = view.last('image');
  if (image === undefined || typeof image.value !== 'string') {
    const reason = view.missing ?? 'neither an image nor a build is given here';
    return { kind: 'unknown', reason, evidence: [] };
  }
  const evidence = [citeField(image)];
  const sibling = builtSibling(view, image.value);
  if (sibling !== undefined) return builtOrigin(sibling, sibling.last('build')!, readBuild);
  const local = localBuild(view, image.value, readBuild);
  if (local !== undefined) return { kind: 'built', build: local, certainty: 'likely', evidence };
  const reference = referenceOf(image.value, view);
  if (reference === undefined) {
    return { kind: 'unknown', reason: `the image's name holds a variable without a value`, evidence };
  }
  const facts = catalogue.image(reference);
  if (facts === undefined) {
    return { kind: 'unknown', reason: `${reference.repository} is not in the catalogue`, evidence };
  }
  if (facts.kind === 'runtime') {
    const reason = `${facts.name} runs a program of yours that is not read`;
    return { kind: 'unknown', reason, evidence, runtime: facts, image: facts };
  }
  return serverOrigin(view, facts, reference.tag, evidence);
}

/** The reference with variables filled in; a variable in the tag alone doesn't hide which image it is. */
function referenceOf(image: string, view: ServiceView): ImageReference | undefined {
  const { text } = view.project.interpolate(image);
  return parseImageReference(text) ?? parseImageReference(text.replace(/[:@][^/]*\$.*$/, ''));
}

function builtOrigin(view: ServiceView, field: Field, readBuild: BuildReader): Origin {
  const evidence = [citeField(field)];
  const target = buildTarget(field, view);
  if (target === undefined)
    return { kind: 'unknown', reason: 'its build is not a folder of the tree', evidence };
  const build = readBuild(target);
  if (build === undefined) return { kind: 'unknown', reason: `${target.dockerfile} can't be read`, evidence };
  return { kind: 'built', build, certainty: 'known', evidence };
}

/**
 * `app:local` is a tag that no registry serves: a script or the reader builds it, most likely from the Dockerfile
 * beside the Compose file, unless a service builds another image from that.
 */
function localBuild(view: ServiceView, image: string, readBuild: BuildReader): ImageBuild | undefined {
  if (referenceOf(image, view)?.tag !== 'local') return undefined;
  const { folder } = view.project;
  const dockerfile = join(folder, 'Dockerfile');
  const isTaken = view.project.services().some((other) => {
    const build = other.last('build');
    return build !== undefined && buildTarget(build, other)?.dockerfile === dockerfile;
  });
  return isTaken ? undefined : readBuild({ context: folder, dockerfile, target: undefined, args: [] });
}

/** A service of the project that builds the image which this one only names. */
function builtSibling(view: ServiceView, image: string): ServiceView | undefined {
  return view.project
    .services()
    .find(
      (other) =>
        other.name !== view.name && other.last('build') !== undefined && other.last('image')?.value === image,
    );
}

function serverOrigin(
  view: ServiceView,
  facts: ImageFacts,
  tag: string | undefined,
  evidence: readonly Evidence[],
): Origin {
  const entrypoint = view.last('entrypoint');
  if (entrypoint !== undefined && entrypoint.value !== null) {
    const cited = [...evidence, citeField(entrypoint)];
    const reason = `its entrypoint replaces that of ${facts.name}`;
    return { kind: 'unknown', reason, evidence: cited, image: facts };
  }
  const command = view.last('command');
  const first = command === undefined ? undefined : firstWord(command);
  if (
    command !== undefined &&
    first !== undefined &&
    !first.startsWith('-') &&
    !facts.commands.some((name) => baseName(name) === first)
  ) {
    const cited = [...evidence, citeField(command)];
    return {
      kind: 'unknown',
      reason: `its command starts ${first}, not ${facts.name}'s own program`,
      evidence: cited,
      image: facts,
    };
  }
  const { versions } = facts;
  if (versions === undefined || tag === undefined || !isOutside(tag, versions)) {
    return { kind: 'server', facts, certainty: 'known', evidence };
  }
  const read = versions.cites.map(({ at }) =>
    citeSource(at, `what is known of ${facts.name} was read of ${versions.since} and later`),
  );
  return { kind: 'server', facts, certainty: 'likely', evidence: [...evidence, ...read.slice(0, 1)] };
}

/** The program that a command names, without its folder. */
function firstWord(command: Field): string | undefined {
  const [first = ''] = strings(command.value);
  const word = first.trim().split(/\s+/, 1)[0] ?? '';
  // An option may end in a path: `--config=/etc/app.yml`.
  return word === '' || word.startsWith('-') ? word || undefined : baseName(word);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
