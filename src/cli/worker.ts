import { parentPort, workerData } from 'node:worker_threads';
import { ownEnvironment } from './environment.js';
import { createOutputs } from './outputs.js';
import { createReporter } from './reporter.js';
import { resume } from './settings.js';
import type { Share, Shared, Slice } from './crew.js';

/** One of several threads that share a run: it plans the slices that it is given, and says what there is to say. */
ownEnvironment();
const port = parentPort!;
const { settings, files } = workerData as Shared;
const run = resume(settings, files);
const reporter = createReporter(run, settings, await createOutputs(settings));

port.on('message', ({ from, to }: Slice) => {
  const reports = run.files.slice(from, to).map((file) => reporter.take(run.plan(file)));
  const share: Share = { from, reports, totals: reporter.totals };
  port.postMessage(share);
});
