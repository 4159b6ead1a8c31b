import type { Controls } from './controls.js';
import type { Credentials } from './credentials.js';
import { tableOf } from './report.js';
import type { Run, WorkloadTrial } from './workload-trial.js';

const HEADER = [
  ...[
    'workload',
    'image',
    'client',
    'user',
    'capabilities',
    'in effect',
    'read-only root',
    'no new privileges',
  ],
  ...['tmpfs', 'volumes', 'memory', 'processes', 'ports', 'health check', 'networks'],
  ...['original', 'hardened', 'on old data'],
];

const EXPLANATION = `# Container workloads, hardened and at work

\`npm run lab -- --matrix FILE\` writes this table. Each workload is a Compose project of
[\`__tests__/lab/workloads\`](../__tests__/lab/workloads) on stand-ins for official images
([\`__tests__/lab/servers\`](../__tests__/lab/servers)). Its clients use it as it is written; harden writes the Compose file
of phase 2; they use it again, on empty volumes and on those that the original left, before and after a restart. "Works"
means that each answer was the expected one, that nothing was restarted, and that the log tells of no refused access that
it didn't tell of before.

The controls are read from the running containers, from outside: the users of its processes (first the first one's), the
capabilities in their bounding set, and those that a process has in effect.
`;

/** One row for each container of the hardened workloads. */
export function matrixOf(trials: readonly WorkloadTrial[]): string {
  return `${EXPLANATION}\n${tableOf(HEADER, trials.flatMap(rowsOf))}\n`;
}

function rowsOf(trial: WorkloadTrial): readonly (readonly string[])[] {
  const { workload, clients, original, hardened, oldData, controls } = trial;
  const works = [original, hardened, oldData].map(worksIn);
  const shown = controls.length === 0 ? [undefined] : controls;
  return shown.map((control) => [
    control === undefined || controls.length === 1 ? workload : `${workload}: ${control.service}`,
    control?.image ?? '?',
    clients.join(', '),
    ...(control === undefined ? HEADER.slice(3, -3).map(() => '?') : cellsOf(control)),
    ...works,
  ]);
}

function cellsOf(control: Controls): readonly string[] {
  const { processes, readOnly, tmpfs, volumes, memory, pids, ports, healthCheck, networks } = control;
  return [
    distinct(processes.map(({ uid }) => (uid === 0 ? 'root' : String(uid)))),
    namesIn(processes, ({ bounding }) => bounding),
    namesIn(processes, ({ effective }) => effective),
    yesOrNo(readOnly),
    yesOrNo(processes.every(({ noNewPrivileges }) => noNewPrivileges)),
    tmpfs.join(', '),
    volumes.join(', '),
    memory === 0 ? 'none' : `${Math.round(memory / 2 ** 20)} MiB`,
    pids === 0 ? 'none' : String(pids),
    distinct(ports),
    yesOrNo(healthCheck),
    String(networks.length),
  ];
}

function namesIn(processes: readonly Credentials[], of: (process: Credentials) => readonly string[]): string {
  return distinct(processes.flatMap(of)) || 'none';
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].join(', ');
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function worksIn(run: Run | undefined): string {
  if (run === undefined) return '?';
  return run.fault === undefined ? 'works' : 'fails';
}
