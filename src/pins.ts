import { composeAdapter } from './formats/compose/parse.js';
import { dockerfileAdapter } from './formats/dockerfile/parse.js';
import { renderAdapter } from './formats/render-yaml/parse.js';
import { quadletAdapter } from './formats/systemd/parse.js';
import { valueAt } from './formats/toml/document.js';
import { flyAdapter } from './formats/toml/parse.js';
import type { Run } from './harden.js';
import { remoteImage, type RemoteImage, type Resolver } from './io/registry.js';
import type { Digests, Resolution } from './workload/context.js';
import { pulledImages } from './workload/image-references.js';
import { imageUrl, viewsOf } from './workload/render/resource.js';

/** How many registries' answers are waited for at once. */
const AT_ONCE = 8;

/** Every image that the run's files name, with its variables filled in; each once. */
export function imageReferences(run: Run): readonly string[] {
  const found = new Set<string>();
  for (const { path, format } of run.files) {
    if (format === 'compose') composeImages(run, path).forEach((image) => found.add(image));
    if (format === 'quadlet') quadletImages(run, path).forEach((image) => found.add(image));
    if (format === 'fly') flyImages(run, path).forEach((image) => found.add(image));
    if (format === 'render') blueprintImages(run, path).forEach((image) => found.add(image));
    if (format === 'dockerfile') dockerfileImages(run, path).forEach((image) => found.add(image));
  }
  return [...found];
}

function composeImages(run: Run, path: string): readonly string[] {
  const opened = run.workspace.open(path, composeAdapter);
  if (opened.kind !== 'document') return [];
  const context = run.projects.composeContext(opened.document);
  return opened.document.services.flatMap(({ name }) => {
    const view = context.workload(name)?.view;
    const image = view?.last('image')?.value;
    if (view === undefined || typeof image !== 'string' || view.last('build') !== undefined) return [];
    return [view.project.interpolate(image).text];
  });
}

/** A name that ends like a unit's is that unit's image. */
function quadletImages(run: Run, path: string): readonly string[] {
  const opened = run.workspace.open(path, quadletAdapter);
  const image = opened.kind === 'document' ? opened.document.last('Container', 'Image')?.value : undefined;
  return image === undefined || /\.(?:build|image)$|[%@]/.test(image) ? [] : [image];
}

function flyImages(run: Run, path: string): readonly string[] {
  const opened = run.workspace.open(path, flyAdapter);
  const image = opened.kind === 'document' ? valueAt(opened.document, ['build', 'image']) : undefined;
  return typeof image === 'string' && !image.startsWith('registry.fly.io/') ? [image] : [];
}

function blueprintImages(run: Run, path: string): readonly string[] {
  const opened = run.workspace.open(path, renderAdapter);
  if (opened.kind !== 'document') return [];
  return viewsOf(opened.document)
    .flatMap((view) => imageUrl(view) ?? [])
    .filter((url) => !url.includes('@'));
}

function dockerfileImages(run: Run, path: string): readonly string[] {
  const opened = run.workspace.open(path, dockerfileAdapter);
  return opened.kind === 'document' ? pulledImages(opened.document).map(({ reference }) => reference) : [];
}

/**
 * Finds the digest of each reference: in the lock, else at its registry.
 * @param locked digests of an earlier run, by `nameOf`; what is found is added.
 */
export async function resolveDigests(
  references: readonly string[],
  locked: Map<string, string>,
  resolve: Resolver,
): Promise<Digests> {
  const pins = new Map<string, Resolution>();
  const waiting = [...references];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const image = remoteImage(next);
      if (image !== undefined) pins.set(next, await pin(image, locked, resolve));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return pins;
}

async function pin(image: RemoteImage, locked: Map<string, string>, resolve: Resolver): Promise<Resolution> {
  const name = nameOf(image);
  const digest = locked.get(name);
  if (digest !== undefined) return { ok: true, digest };
  const resolution = await resolve(image);
  if (resolution.ok) locked.set(name, resolution.digest);
  return resolution;
}

/** The full name of an image, as the lock has it: `docker.io/library/postgres:16`. */
function nameOf({ registry, repository, tag }: RemoteImage): string {
  return `${registry}/${repository}:${tag}`;
}
