import type { HardenConfig } from '../config/types.js';
import type { Format } from '../core/types.js';
import type { RunOptions } from '../harden.js';
import { checkedPlugins } from '../plugins/load.js';
import type { Registry } from '../registry.js';
import { selectTransforms } from '../select.js';
import type { PlanSettings, PluginValue } from './types.js';

/** A value, or what is wrong in sentences. */
export type Made<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reasons: readonly string[] };

/** The registry with more plugins. */
export function registryWith(registry: Registry, plugins: readonly PluginValue[] = []): Made<Registry> {
  const given = plugins.map(({ name, transforms }) => [{ name, url: '' }, transforms] as const);
  const loaded = checkedPlugins(given, registry);
  if (loaded.ok) return { ok: true, value: loaded.registry };
  return {
    ok: false,
    reasons: loaded.problems.map(({ module, reason }) => `plugin ${module.name} ${reason}`),
  };
}

/** What a run is to do; what is asked for goes before the config. */
export function runOptions(
  settings: PlanSettings,
  formats: readonly Format[] | undefined,
  config: HardenConfig | undefined,
  registry: Registry,
): Made<RunOptions> {
  const phase = settings.phase ?? config?.phase ?? 2;
  const { only, skip } = settings;
  const enabled = selectTransforms({ only, skip, format: formats }, registry);
  if (typeof enabled === 'string') return { ok: false, reasons: [enabled] };
  return {
    ok: true,
    value: {
      phase,
      base: phase === 3 ? (settings.base ?? config?.base) : undefined,
      systemdVersion: settings.systemdVersion ?? config?.systemdVersion,
      enabled: (id) => config?.off.includes(id) !== true && enabled(id),
      formats: formats === undefined ? undefined : new Set(formats),
      config,
      registry,
    },
  };
}
