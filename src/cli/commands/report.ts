import type { Command } from '../command.js';
import { CONFIG, formatOption, ONLY, PATHS, SKIP, SYSTEMD_VERSION } from '../options.js';
import type { ReportArguments } from '../report.js';

export const reportCommand: Command = {
  name: 'report',
  describe: 'write a security assessment, a deployment guide, and one page for the browser',
  positionals: [PATHS],
  options: {
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'the folder to write the reports to; by default the root of the files',
    },
    only: ONLY,
    skip: SKIP,
    format: formatOption('read'),
    force: {
      type: 'boolean',
      default: false,
      describe: 'replace a report that was edited',
    },
    'systemd-version': SYSTEMD_VERSION,
    config: CONFIG,
  },
  examples: [
    ['$0 report', 'write SECURITY_ASSESSMENT_DOCKER.md, docs/deployment/hardening.md and harden-report.html'],
    ['$0 report --out reports deploy', 'write them to reports/, about the files in deploy/'],
  ],
  exitCodes: '0 written, 2 a file could not be handled or the usage is wrong',
  run: async (args) => {
    const { runReport } = await import('../report.js');
    return runReport(args as unknown as ReportArguments);
  },
};
