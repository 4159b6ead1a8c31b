import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planDocument, type FilePlan } from '../../src/core/plan.js';
import type { Format, FormatAdapter, SourceDocument, Transform } from '../../src/core/types.js';
import { dockerfileAdapter } from '../../src/formats/dockerfile/parse.js';
import { createRun } from '../../src/harden.js';
import type { DockerfileContext, Resolution, RuntimeBase, ServiceUse } from '../../src/workload/context.js';
import { registry } from '../../transforms/index.js';
import { catalogue, memoryReader, memoryWorkspace, type Tree } from './memory.js';
import { configIn } from './needs.js';

export const casesRoot = fileURLToPath(new URL('../transforms', import.meta.url));

/** `case.json`: what the input's text alone doesn't say. */
interface CaseSettings {
  readonly path?: string;
  readonly buildContext?: string;
  readonly usedBy?: readonly (Omit<ServiceUse, 'buildArgs' | 'start'> & Partial<ServiceUse>)[];
  /** What registries answer, by image reference. */
  readonly digests?: Readonly<Record<string, Resolution>>;
  /** `--base`. */
  readonly base?: RuntimeBase;
  /** `--systemd-version`. */
  readonly systemdVersion?: number;
}

/** One fixture: `<format>/<transform>/<case>/`. */
export interface TransformCase {
  readonly name: string;
  readonly folder: string;
  /** Id of the transform. */
  readonly id: string;
  readonly path: string;
  readonly text: string;
  readonly files: Tree;
  readonly settings: CaseSettings;
}

/** A path of each format. */
export const PATHS: Readonly<Record<Format, string>> = {
  dockerfile: 'Dockerfile',
  compose: 'docker-compose.yml',
  systemd: 'app.service',
  quadlet: 'app.container',
  fly: 'fly.toml',
  render: 'render.yaml',
};

export function readCases(): readonly TransformCase[] {
  return folders(casesRoot).flatMap((format) =>
    folders(join(casesRoot, format)).flatMap((transform) =>
      folders(join(casesRoot, format, transform)).map((name): TransformCase => {
        const folder = join(casesRoot, format, transform, name);
        const input = readdirSync(folder).find((file) => file.startsWith('input.'));
        if (input === undefined) throw new Error(`${folder} has no input`);
        const settingsFile = join(folder, 'case.json');
        const settings = existsSync(settingsFile)
          ? (JSON.parse(readFileSync(settingsFile, 'utf8')) as CaseSettings)
          : {};
        return {
          name: `${format}/${transform}/${name}`,
          folder,
          id: `${format}/${transform}`,
          path: settings.path ?? PATHS[format as Format],
          text: readFileSync(join(folder, input), 'utf8'),
          files: readTree(join(folder, 'files')),
          settings,
        };
      }),
    ),
  );
}

function folders(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readTree(root: string): Tree {
  if (!existsSync(root)) return {};
  const names = readdirSync(root, { recursive: true }).map(String);
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(root, name)).isFile())
      .map((name) => [relative('.', name), readFileSync(join(root, name), 'utf8')]),
  );
}

/** The cases of `<format>/together` run all of the format's transforms. */
function runs(fixture: TransformCase, id: string): boolean {
  return fixture.id.endsWith('/together') || fixture.id === id;
}

/** Plans a case's text, or a variation of it, with its own transform, up to phase 3. */
export function planCase(fixture: TransformCase, text: string): FilePlan {
  const tree = { ...fixture.files, [fixture.path]: text };
  const { buildContext, usedBy, digests, base, systemdVersion } = fixture.settings;
  if (usedBy !== undefined || buildContext !== undefined) {
    const context: DockerfileContext = {
      files: memoryReader(tree),
      catalogue,
      buildContext: buildContext ?? '.',
      runs: () => [],
      usedBy: (usedBy ?? []).map((use) => ({ buildArgs: [], start: '', ...use })),
      digests: digests === undefined ? undefined : new Map(Object.entries(digests)),
      base: base ?? 'slim',
    };
    return planAlone(fixture, text, dockerfileAdapter, registry.dockerfile, context);
  }
  const run = createRun(memoryWorkspace(tree), {
    phase: 3,
    enabled: (id) => runs(fixture, id),
    base,
    digests: digests === undefined ? undefined : new Map(Object.entries(digests)),
    systemdVersion,
    config: configIn(tree),
  });
  const file = run.workspace.files.find(({ path }) => path === fixture.path);
  const outcome = file === undefined ? undefined : run.plan(file);
  if (outcome?.kind !== 'planned') throw new Error(`${fixture.name}: ${JSON.stringify(outcome)}`);
  return outcome.plan;
}

function planAlone<D extends SourceDocument, C>(
  fixture: TransformCase,
  text: string,
  adapter: FormatAdapter<D>,
  transforms: readonly Transform<D, C>[],
  context: C,
): FilePlan {
  const parsed = adapter.parse(fixture.path, text);
  if (!parsed.ok) throw new Error(`${fixture.name}: ${parsed.reason}`);
  return planDocument(parsed.document, {
    adapter,
    transforms: transforms.filter(({ meta }) => runs(fixture, meta.id)),
    phase: 3,
    contextFor: () => context,
  });
}
