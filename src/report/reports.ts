import type { Survey } from '../survey.js';
import { assessment, type About } from './assessment.js';
import { guide } from './guide.js';

/** The reports on a tree, by the paths at which they stand below the folder of reports. */
export async function reportsOf(found: Survey, about: About): Promise<ReadonlyMap<string, string>> {
  const { format } = await import('prettier');
  const aligned = (markdown: string): Promise<string> => format(markdown, { parser: 'markdown' });
  return new Map([
    ['SECURITY_ASSESSMENT_DOCKER.md', await aligned(assessment(found, about))],
    ['docs/deployment/hardening.md', await aligned(guide(found, about))],
  ]);
}
