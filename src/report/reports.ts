import type { Survey } from '../survey.js';
import { assessment, type About } from './assessment.js';
import { guide } from './guide.js';
import type { ReportAssets } from './html/about.js';
import { htmlReport } from './html/page.js';

/**
 * The reports on a tree, by the paths at which they stand below the folder of reports.
 * @param assets what the page carries in itself.
 */
export async function reportsOf(
  found: Survey,
  about: About,
  assets: ReportAssets,
): Promise<ReadonlyMap<string, string>> {
  const { format } = await import('prettier');
  const aligned = (markdown: string): Promise<string> => format(markdown, { parser: 'markdown' });
  return new Map([
    ['SECURITY_ASSESSMENT_DOCKER.md', await aligned(assessment(found, about))],
    ['docs/deployment/hardening.md', await aligned(guide(found, about))],
    ['harden-report.html', htmlReport(found, { ...about, phase: 2, assets })],
  ]);
}
