import { versionOf } from '../../src/formats/compose/document.js';
import { addKey } from '../../src/formats/compose/edit.js';
import { accepted, forEachWholeService, manual, proposal } from './service.js';

export const addInit = forEachWholeService(
  {
    id: 'compose/add-init',
    title: 'Run an init as PID 1',
    description:
      "The kernel hands orphaned processes to PID 1 and withholds from it every signal that it doesn't handle. Node, Python and a shell that waits for its last command are not made for that: zombies fill the process table, and `docker stop` waits ten seconds and kills. The engine's own init (tini) goes before them. Images that bring an init, servers that are made to be PID 1, and programs of which nothing is known keep what they have; so do those that step down from root by themselves, because the init stays root and can't signal them without CAP_KILL.",
    severity: 'low',
    phase: 1,
    mayBreak:
      'A program without a handler for SIGTERM ends at once on `docker stop`, where it was left to run for another ten seconds.',
    touches: ['services.*.init'],
    // The CIS Docker Benchmark has no number for it.
    controls: [],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#init',
      'https://docs.docker.com/reference/cli/docker/container/run/#init',
      'https://man7.org/linux/man-pages/man7/pid_namespaces.7.html',
      'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#handling-kernel-signals',
    ],
  },
  (declared) => {
    const { document, service, workload } = declared;
    if (workload.view.last('init') !== undefined) return undefined;
    const { value, certainty, evidence } = workload.init;
    // What runs once is not stopped, and its orphans end with it.
    if (value === 'none' || workload.lifetime.value === 'job') return undefined;
    const message = 'its PID 1 neither reaps orphaned processes nor gets every signal';
    if (value === 'steps-down') {
      const reason = "it steps down from root: without CAP_KILL the engine's init could not signal it";
      return accepted(declared, { message, evidence, reason });
    }
    // https://github.com/docker/cli/pull/1129: `docker stack deploy` knows it since version 3.7 of the format.
    if (workload.swarm && versionOf(document) < 3.7) {
      const reason = 'docker stack deploy takes init from version 3.7 of the file format on';
      return manual(declared, { message, evidence, reason, suggestion: 'init: true' });
    }
    return proposal(
      declared,
      certainty,
      { message, evidence, change: 'init: true', unknownReason: 'what its PID 1 is is not known' },
      () => addKey(document, service, 'init', true),
    );
  },
);
