import { statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PluginModule } from '../registry.js';
import { isTrusted } from './trust.js';

export type FoundPlugin =
  | { readonly ok: true; readonly module: PluginModule }
  /** As a sentence's end, behind the plugin's name. */
  | { readonly ok: false; readonly reason: string };

/**
 * Finds the module of a plugin: a path is relative to the config's folder, anything else is a package, looked for from there
 * as Node does.
 * @param trusted the user has named the config: whose its plugins are was their decision.
 */
export async function findPlugin(name: string, folder: string, trusted: boolean): Promise<FoundPlugin> {
  const isPath = isAbsolute(name) || /^\.{1,2}(?:\/|$)/.test(name);
  const url = isPath ? pathToFileURL(resolve(folder, name)).href : await resolvePackage(name, folder);
  if (url === undefined) return { ok: false, reason: `is not installed: npm install --save-dev ${name}` };
  const state = statSync(fileURLToPath(url), { throwIfNoEntry: false });
  if (state === undefined) return { ok: false, reason: 'does not exist' };
  if (!state.isFile()) return { ok: false, reason: 'is no file: name the module itself' };
  if (!trusted && !isTrusted(state.uid, process.getuid?.()))
    return { ok: false, reason: 'belongs to another user, and would be run' };
  return { ok: true, module: { name, url } };
}

/** `import.meta.resolve` takes a place to look from only behind a flag: https://nodejs.org/api/esm.html#importmetaresolvespecifier */
async function resolvePackage(name: string, folder: string): Promise<string | undefined> {
  const { resolve: resolveFrom } = await import('import-meta-resolve');
  try {
    const url = resolveFrom(name, pathToFileURL(join(folder, 'harden.config.js')).href);
    return url.startsWith('file:') ? url : undefined;
  } catch {
    return undefined;
  }
}
