import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportAsset, ReportAssets } from '../report/html/about.js';
import { packageRoot } from './package.js';

/** Loads the style and the script of the HTML report. */
export function loadReportAssets(): ReportAssets {
  return { style: asset('report.css'), script: asset('report.js') };
}

function asset(name: string): ReportAsset {
  const source = readFileSync(join(packageRoot(), 'templates', 'report', name), 'utf8');
  // A browser reads CRLF as LF before it hashes: https://html.spec.whatwg.org/#preprocessing-the-input-stream
  const text = source.replaceAll('\r\n', '\n');
  return { text, hash: `sha256-${createHash('sha256').update(text).digest('base64')}` };
}
