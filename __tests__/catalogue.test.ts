import { describe, expect, test } from '@jest/globals';
import { catalogueEntries } from '../scripts/catalogue-schema.js';
import { createCatalogue, parseImageReference } from '../src/catalogue/catalogue.js';
import type { ImageFacts } from '../src/catalogue/types.js';
import type { ComposeDocument } from '../src/formats/compose/document.js';
import { parseCompose } from '../src/formats/compose/parse.js';
import { createRun } from '../src/harden.js';
import { DEFAULT_CAPABILITIES } from '../src/workload/compose/needs/capabilities.js';
import { isRoot, isWithin } from '../src/workload/model.js';
import { strings, toPlain, isRecord, type Plain } from '../src/workload/compose/plain.js';
import { memoryWorkspace } from './support/memory.js';

const entries = catalogueEntries();

describe('every entry', () => {
  test.each(entries.map(({ file, problems }) => [file, problems] as const))(
    '%s follows the schema, with a source for every fact',
    (_, problems) => {
      expect(problems).toEqual([]);
    },
  );

  test('names repositories that no other names', () => {
    const patterns = entries.flatMap(({ facts }) => facts.match);
    expect(new Set(patterns).size).toBe(patterns.length);
  });

  test('names a proper image reference, and is found by it', () => {
    const catalogue = createCatalogue(entries.map(({ facts }) => facts));
    for (const { facts } of entries) {
      for (const pattern of facts.match) {
        const reference = parseImageReference(imageOf(pattern));
        expect(reference === undefined ? pattern : catalogue.image(reference)?.name).toBe(facts.name);
      }
    }
  });
});

test.each([
  ['redis:8.2', 999, 999],
  ['redis', 999, 999],
  ['redis:8.2-alpine3.22', 999, 1000],
  ['docker.io/library/redis:alpine@sha256:0', 999, 1000],
  ['valkey/valkey:9.0-alpine', 999, 1000],
  ['valkey/valkey:9.0', 999, 999],
])('%s may start as %d:%d', (image, uid, gid) => {
  const catalogue = createCatalogue(entries.map(({ facts }) => facts));
  expect(catalogue.image(parseImageReference(image)!)?.user.mayStartAs).toEqual({ uid, gid });
});

/** An image that a pattern matches. */
function imageOf(pattern: string): string {
  return pattern.replace('/*', '/an-image').replaceAll('*', '1');
}

/** What harden makes of a service that runs an image and says nothing else. */
function hardened(facts: ImageFacts): Readonly<Record<string, Plain>> {
  const text = `services:\n  it:\n    image: ${imageOf(facts.match[0]!)}\n`;
  const run = createRun(memoryWorkspace({ 'compose.yml': text }), { phase: 3 });
  const outcome = run.plan(run.files[0]!);
  if (outcome.kind !== 'planned') throw new Error(`${facts.name}: ${JSON.stringify(outcome)}`);
  expect(outcome.plan.failures).toEqual([]);
  expect(outcome.plan.entries.filter(({ disposition }) => disposition === 'unsound')).toEqual([]);
  const parsed = parseCompose('compose.yml', outcome.plan.result);
  if (!parsed.ok) throw new Error(parsed.reason);
  return serviceOf(parsed.document);
}

function serviceOf(document: ComposeDocument): Readonly<Record<string, Plain>> {
  const service = document.services.find(({ name }) => name === 'it')!;
  const value = toPlain(service.map, service.yaml);
  return isRecord(value) ? value : {};
}

interface Tmpfs {
  readonly path: string;
  readonly options: readonly string[];
}

function tmpfsOf(service: Readonly<Record<string, Plain>>): readonly Tmpfs[] {
  return strings(service.tmpfs).map((entry) => {
    const [path = '', options = ''] = entry.split(':', 2);
    return { path, options: options.split(',') };
  });
}

describe.each(entries.map(({ facts }) => [facts.name, facts] as const))('a service of %s', (_, facts) => {
  const service = hardened(facts);
  const mounts = tmpfsOf(service);

  test('keeps the capabilities that its entrypoint needs, or all of them', () => {
    if (!strings(service.cap_drop).includes('ALL')) return;
    expect(facts.capabilities).toBeDefined();
    const root = isRoot(facts.user.starts) && service.user === undefined;
    const needed = [...(root ? facts.capabilities!.asRoot : []), ...(facts.capabilities!.file ?? [])];
    expect(strings(service.cap_add)).toEqual(
      expect.arrayContaining(needed.filter((name) => DEFAULT_CAPABILITIES.has(name))),
    );
  });

  test('can write wherever it must, or its root file system stays writable', () => {
    if (service.read_only !== 'true') return;
    expect(facts.writable).toBeDefined();
    const covered = [...mounts.map(({ path }) => path), ...(facts.volumes?.paths ?? [])];
    for (const { path, whenMounted, keep } of facts.writable!.paths) {
      if (whenMounted !== undefined) continue;
      // What has to be kept is no matter for a tmpfs: without a volume nothing is changed.
      expect(keep === true ? 'kept' : 'lost').toBe('lost');
      expect(covered.filter((place) => isWithin(path, place))).not.toEqual([]);
    }
    if (facts.temp?.used !== false) expect(covered.some((place) => isWithin('/tmp', place))).toBe(true);
  });

  test('owns the places where it writes', () => {
    if (isRoot(String(service.user ?? facts.user.starts))) return;
    for (const { path, options } of mounts) {
      if (path !== '/tmp') expect(options.join()).toMatch(/\b(?:uid=\d+|mode=\d?777)\b/);
    }
  });

  test('runs programs from the places where it must', () => {
    for (const { path, options } of mounts) {
      const fact = facts.writable?.paths.find((candidate) => candidate.path === path);
      const runs = path === '/tmp' ? facts.temp?.executable : fact?.exec;
      expect(options).toContain(runs === true ? 'exec' : 'noexec');
    }
  });

  test('hides no file of the image behind a tmpfs that it was not told of', () => {
    const told = ['/tmp', ...(facts.writable?.paths ?? []).map(({ path }) => path)];
    expect(mounts.map(({ path }) => path).filter((path) => !told.includes(path))).toEqual([]);
  });
});
