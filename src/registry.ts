import type { Format, TransformMeta } from './core/types.js';
import { policies, registry, type TransformsByFormat } from '../transforms/index.js';

/** The module of a plugin, as it is imported. Plain data, so that it can be passed to other threads. */
export interface PluginModule {
  /** As the config names it: `./hardening/plugin.js`, `harden-plugin-x`. */
  readonly name: string;
  readonly url: string;
}

/** A plugin that was loaded, with the transforms of it that passed the checks. */
export interface Plugin {
  readonly module: PluginModule;
  readonly transforms: TransformsByFormat;
}

/** The transforms that a run chooses from: harden's own, and those of the plugins that the project's config names. */
export interface Registry {
  readonly transforms: TransformsByFormat;
  /** The policies of all of them, and of what is changed beside a document, in order. */
  readonly policies: readonly TransformMeta[];
  readonly ids: readonly string[];
  readonly plugins: readonly PluginModule[];
  /** The name of the plugin that a transform is of; undefined for one of harden's own. */
  pluginOf(id: string): string | undefined;
}

export const FORMATS = Object.keys(registry) as readonly Format[];

/** Harden's own transforms. */
export const builtIn: Registry = {
  transforms: registry,
  policies,
  ids: policies.map(({ id }) => id),
  plugins: [],
  pluginOf: () => undefined,
};

/** A registry with the transforms of plugins behind its own, format by format. */
export function withPlugins(base: Registry, plugins: readonly Plugin[]): Registry {
  if (plugins.length === 0) return base;
  const transforms = Object.fromEntries(
    FORMATS.map((format) => [
      format,
      [
        ...base.transforms[format],
        ...plugins.flatMap((plugin): readonly unknown[] => plugin.transforms[format]),
      ],
    ]),
  ) as unknown as TransformsByFormat;
  const metasOf = (plugin: Plugin): readonly TransformMeta[] =>
    FORMATS.flatMap((format) => plugin.transforms[format].map(({ meta }) => meta));
  const owners = new Map<string, string>(
    plugins.flatMap((plugin) => metasOf(plugin).map(({ id }) => [id, plugin.module.name] as const)),
  );
  const added = plugins.flatMap(metasOf);
  const all = [...base.policies, ...added];
  return {
    transforms,
    policies: all,
    ids: all.map(({ id }) => id),
    plugins: [...base.plugins, ...plugins.map(({ module }) => module)],
    pluginOf: (id) => owners.get(id) ?? base.pluginOf(id),
  };
}
