import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, packageVersion } from '../src/io/package.js';
import { reportsOf } from '../src/report/reports.js';
import { survey } from '../src/survey.js';
import { loadReportAssets } from '../src/io/report-assets.js';
import { seal } from '../src/io/write.js';
import { prepare } from '../src/harden.js';
import { unifiedDiff } from '../src/render/diff.js';
import { createLinks, sidecarPath, sidecarText } from '../src/sidecar.js';

export const examplesRoot = join(packageRoot(), 'examples');

export function exampleNames(): readonly string[] {
  return readdirSync(examplesRoot).filter((name) => statSync(join(examplesRoot, name)).isDirectory());
}

/** The day that the examples' reports name: they change with harden, not with the calendar. */
const REPORT_DATE = '2026-11-26';

/** What `harden report` writes about an example today, by path. */
export async function reportExample(name: string): Promise<ReadonlyMap<string, string>> {
  const root = join(examplesRoot, name, 'before');
  const about = { project: name, version: packageVersion(), date: REPORT_DATE };
  return reportsOf(survey({ root, paths: ['.'] }), about, loadReportAssets());
}

/** What harden makes of an example today: the files that `--write` emits, by path, and the patch. */
export function hardenExample(name: string): {
  readonly sidecars: ReadonlyMap<string, string>;
  readonly patch: string;
} {
  const run = prepare({ root: join(examplesRoot, name, 'before'), paths: ['.'], phase: 2 });
  const links = createLinks(run, { files: true });
  const sidecars = new Map<string, string>();
  let patch = '';
  for (const outcome of run.outcomes()) {
    if (outcome.kind !== 'planned') throw new Error(`${outcome.path}: ${outcome.reason}`);
    const { file, plan } = outcome;
    patch += unifiedDiff(plan.path, plan.original.text, plan.result);
    const text = sidecarText(run, file.format, plan, links);
    if (text !== undefined) sidecars.set(sidecarPath(plan.path, file.format), seal(text, plan.path));
  }
  return { sidecars, patch };
}
