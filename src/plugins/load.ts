import type { Format, SourceDocument, Transform } from '../core/types.js';
import { messageOf } from '../core/errors.js';
import { builtIn, FORMATS, withPlugins, type Plugin, type PluginModule, type Registry } from '../registry.js';
import type { TransformsByFormat } from '../../transforms/index.js';
import { guarded } from './check-findings.js';
import { isObject, metaProblem } from './check-meta.js';

/** A plugin that can't be used, and what to do about it. */
export interface PluginProblem {
  readonly module: PluginModule;
  readonly reason: string;
}

export type LoadedPlugins =
  | { readonly ok: true; readonly registry: Registry }
  | { readonly ok: false; readonly problems: readonly PluginProblem[] };

/** Imports the modules and checks their transforms. Nothing of a plugin is used when one of them can't be. */
export async function loadPlugins(modules: readonly PluginModule[]): Promise<LoadedPlugins> {
  const imported: (readonly [PluginModule, readonly unknown[] | string])[] = [];
  // One after the other: what they say while they are loaded comes in the order of the config.
  for (const module of modules) imported.push([module, await importTransforms(module.url)]);
  return checkedPlugins(imported);
}

/**
 * @param found the transforms of each plugin, or why there are none.
 * @param base the transforms that are there already.
 */
export function checkedPlugins(
  found: readonly (readonly [PluginModule, readonly unknown[] | string])[],
  base: Registry = builtIn,
): LoadedPlugins {
  const problems: PluginProblem[] = [];
  const plugins: Plugin[] = [];
  const owners = new Map(base.ids.map((id) => [id, base.pluginOf(id) ?? 'harden itself']));
  for (const [module, list] of found) {
    const reasons = typeof list === 'string' ? [list] : [];
    for (const [at, transform] of typeof list === 'string' ? [] : list.entries()) {
      const problem = transformProblem(transform, at, owners);
      if (problem === undefined) owners.set((transform as AnyTransform).meta.id, module.name);
      else reasons.push(problem);
    }
    problems.push(...reasons.map((reason) => ({ module, reason })));
    if (reasons.length === 0) plugins.push({ module, transforms: byFormat(list as readonly AnyTransform[]) });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, registry: withPlugins(base, plugins) };
}

type AnyTransform = Transform<SourceDocument, unknown>;

/** What a module exports as `transforms`, itself or in its default; or what is wrong with it. */
async function importTransforms(url: string): Promise<readonly unknown[] | string> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return importReason(error);
  }
  const { default: main } = exported;
  const list = exported.transforms ?? (isObject(main) ? main.transforms : main);
  if (!Array.isArray(list)) return 'exports no transforms: write export const transforms = [ … ]';
  return list.length === 0 ? 'exports an empty list of transforms' : (list as readonly unknown[]);
}

function importReason(error: unknown): string {
  const message = messageOf(error).split('\n')[0] ?? '';
  const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
  return missing && /'harden'/.test(message)
    ? 'imports harden, which is not installed beside it: npm install --save-dev harden'
    : `could not be loaded: ${message}`;
}

function transformProblem(
  transform: unknown,
  at: number,
  owners: ReadonlyMap<string, string>,
): string | undefined {
  if (!isObject(transform)) return `transform ${at + 1} is no object`;
  const problem = metaProblem(transform.meta);
  const name = isObject(transform.meta) ? String(transform.meta.id) : `transform ${at + 1}`;
  if (problem !== undefined)
    return `${/^has the id/.test(problem) ? `transform ${at + 1}` : name} ${problem}`;
  if (typeof transform.run !== 'function') return `${name} has no run: a function that returns findings`;
  const owner = owners.get(name);
  return owner === undefined ? undefined : `${name} is there already, of ${owner}: give it another name`;
}

function byFormat(transforms: readonly AnyTransform[]): TransformsByFormat {
  const of = (format: Format): readonly AnyTransform[] =>
    transforms.filter(({ meta }) => meta.id.startsWith(`${format}/`)).map(guarded);
  return Object.fromEntries(FORMATS.map((format) => [format, of(format)])) as unknown as TransformsByFormat;
}
