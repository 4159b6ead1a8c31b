import type { Command } from '../command.js';
import type { FleetReportArguments } from '../fleet-report.js';

export const fleetReportCommand: Command = {
  name: 'fleet-report',
  describe: 'merge the results of many repositories into one scoreboard',
  positionals: [
    {
      name: 'results',
      describe: "files that 'harden --output json' wrote, or folders of them",
      required: true,
      many: { default: [] },
    },
  ],
  options: {
    output: {
      choices: ['text', 'json', 'markdown'] as const,
      default: 'text' as const,
      describe: 'what to print',
    },
  },
  examples: [
    ['$0 fleet-report results', 'results/org/api.json is about org/api; the worst comes first'],
    ['$0 fleet-report results --output markdown', 'for an issue or a wiki'],
  ],
  exitCodes: '0 printed, 2 a file is no result (the others count) or the usage is wrong',
  run: async (args) => {
    const { runFleetReport } = await import('../fleet-report.js');
    return runFleetReport(args as unknown as FleetReportArguments);
  },
};
