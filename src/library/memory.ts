import { basename } from 'node:path';
import { lazy } from '../core/lazy.js';
import type { FileReader, FolderEntry, Format } from '../core/types.js';
import { createRun } from '../harden.js';
import { loadCatalogue, loadDaemons } from '../io/catalogue.js';
import { formatOf } from '../io/discover.js';
import { createWorkspace } from '../io/workspace.js';
import { builtIn } from '../registry.js';
import { createTeller } from './planned.js';
import { registryWith, runOptions } from './settings.js';
import type { PlannedFile, PlanSettings } from './types.js';

export interface TextRequest extends PlanSettings {
  /** Needed where the path's name does not say it. */
  readonly format?: Format | undefined;
  /** As it is told in evidence; by default the usual name of the format. */
  readonly path?: string | undefined;
  readonly text: string;
  /** Other files that it may refer to, by their paths: scripts, manifests, the Dockerfile that it builds. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

export type TextResult =
  | { readonly ok: true; readonly file: PlannedFile }
  | { readonly ok: false; readonly line: number | undefined; readonly reason: string };

/** The same for all texts. */
const catalogue = lazy(loadCatalogue);
const daemons = lazy(loadDaemons);

const USUAL: Readonly<Record<Format, string>> = {
  dockerfile: 'Dockerfile',
  compose: 'compose.yml',
  systemd: 'app.service',
  quadlet: 'app.container',
  fly: 'fly.toml',
  render: 'render.yaml',
};

/** Plans one text that need not be on disk. No file is read but harden's own, and no config. */
export function planText(request: TextRequest): TextResult {
  const fail = (reason: string, line?: number): TextResult => ({ ok: false, line, reason });
  const { text, files = {} } = request;
  const format = request.format ?? formatOf(basename(request.path ?? ''));
  if (format === undefined) return fail('name its format, or give it a path that says it');
  const path = request.path ?? USUAL[format];
  const registry = registryWith(builtIn, request.plugins);
  if (!registry.ok) return fail(registry.reasons.join('; '));
  const options = runOptions(request, undefined, undefined, registry.value);
  if (!options.ok) return fail(options.reasons.join('; '));
  const texts = new Map([...Object.entries(files), [path, text]]);
  const others = [...texts.keys()].flatMap((name) => {
    const known = formatOf(basename(name));
    return known === undefined || name === path ? [] : [{ path: name, format: known }];
  });
  const file = { path, format };
  const workspace = createWorkspace({
    files: [...others, file],
    reader: readerOf(texts),
    readFile: (name) => {
      const found = texts.get(name);
      return found === undefined ? { ok: false, reason: 'does not exist' } : { ok: true, text: found };
    },
    loadCatalogue: catalogue,
    loadDaemons: daemons,
  });
  const run = createRun(workspace, options.value);
  const outcome = run.plan(file);
  if (outcome.kind !== 'planned')
    return fail(outcome.reason, outcome.kind === 'failed' ? outcome.line : undefined);
  return { ok: true, file: createTeller(run, options.value)(outcome) };
}

function readerOf(texts: ReadonlyMap<string, string>): FileReader {
  const below = (path: string): readonly string[] =>
    [...texts.keys()].filter((name) => path === '.' || name.startsWith(`${path}/`));
  return {
    read: (path) => texts.get(path),
    kind: (path) => (texts.has(path) ? 'file' : below(path).length > 0 ? 'directory' : 'missing'),
    list: (path) => {
      const found = new Map<string, FolderEntry>();
      for (const name of below(path)) {
        const [first = '', ...rest] = (path === '.' ? name : name.slice(path.length + 1)).split('/');
        found.set(first, { name: first, folder: rest.length > 0 });
      }
      return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
