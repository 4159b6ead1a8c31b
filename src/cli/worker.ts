import { parentPort, workerData } from 'node:worker_threads';
import { ownEnvironment } from './environment.js';
import { createOutputs } from './outputs.js';
import { createReporter } from './reporter.js';
import { resume } from './settings.js';
import { builtIn, type PluginModule, type Registry } from '../registry.js';
import type { Share, Shared, Slice } from './crew.js';

/** One of several threads that share a run: it plans the slices that it is given, and says what there is to say. */
ownEnvironment();
const port = parentPort!;
const { settings, files } = workerData as Shared;
const registry = await registryOf(settings.plugins);
const run = resume(settings, files, registry);
const reporter = createReporter(run, settings, await createOutputs(settings, registry));

/** The first thread has found them sound. */
async function registryOf(plugins: readonly PluginModule[]): Promise<Registry> {
  if (plugins.length === 0) return builtIn;
  const { loadPlugins } = await import('../plugins/load.js');
  const loaded = await loadPlugins(plugins);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ reason }) => reason).join('; '));
  return loaded.registry;
}

port.on('message', ({ from, to }: Slice) => {
  const reports = run.files.slice(from, to).map((file) => reporter.take(run.plan(file)));
  const share: Share = { from, reports, totals: reporter.totals };
  port.postMessage(share);
});
