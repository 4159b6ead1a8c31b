import type { NumberOption } from '../../src/core/options.js';
import { addKey } from '../../src/formats/compose/edit.js';
import { isRecord } from '../../src/workload/compose/plain.js';
import { citeField } from '../../src/workload/compose/project.js';
import { accepted, forEachWholeService, manual, proposal } from './service.js';

const ATTEMPTS: NumberOption = {
  name: 'attempts',
  description: 'how often a service is started again after a failure',
  default: 5,
  minimum: 1,
  maximum: 100,
};

/** A name of a file or of a folder that says that all in it is started for a run of tests. */
const FOR_TESTS = /(?:^|[/._-])(?:tests?|testing|e2e|ci|integration|cypress|playwright)(?=$|[/._-])/i;

export function restartPolicy(attempts = ATTEMPTS.default): string {
  return `on-failure:${attempts}`;
}

export const limitRestarts = forEachWholeService(
  {
    id: 'compose/limit-restarts',
    title: 'Restart after a failure, five times at most',
    description:
      'A server without a restart policy stays down after its first crash; one that is restarted without end hides why it fails and wears the host out. A server that says nothing gets `on-failure:5`. What ends by itself or is called by hand (migrations, jobs, tests, tools, services with a profile) gets none: it must not run once more; nor does what stands in a file for tests. `always` and `unless-stopped` stay: the service would no longer come back when the host restarts.',
    severity: 'low',
    phase: 2,
    mayBreak:
      'A crash is followed by up to five restarts; a run that waits for the first container to exit goes on meanwhile. As without a policy, the service stays down when the host or the engine restarts: where it must come back, write unless-stopped.',
    touches: ['services.*.restart'],
    controls: ['CIS-Docker-5.15'],
    options: [ATTEMPTS],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#restart',
      'https://docs.docker.com/engine/containers/start-containers-automatically/',
    ],
  },
  (declared, _context, option) => {
    const { document, service, workload } = declared;
    const attempts = option(ATTEMPTS);
    const policy = restartPolicy(attempts.value);
    const { view, lifetime } = workload;
    const field = view.last('restart');
    if (field !== undefined) {
      const written = typeof field.value === 'string' ? view.project.interpolate(field.value).text : '';
      const message = `restart: ${written} has no limit`;
      const evidence = [citeField(field)];
      if (written === 'on-failure') {
        const reason = 'nothing says how many attempts it needs until what it depends on is there';
        return manual(declared, { message, evidence, reason, suggestion: `restart: ${policy}` });
      }
      if (!/^(?:always|unless-stopped)$/.test(written)) return undefined;
      const reason = 'it also brings the service back when the host restarts, which on-failure does not';
      return accepted(declared, { message, evidence, reason });
    }
    const deploys = view.fields('deploy').map(({ value }) => value);
    if (deploys.some((deploy) => isRecord(deploy) && deploy.restart_policy !== undefined)) return undefined;
    if (lifetime.value === 'job' || FOR_TESTS.test(document.path)) return undefined;
    const message = 'it stays down after its first crash';
    if (workload.swarm) {
      const reason = 'docker stack deploy ignores restart: without deploy.restart_policy it restarts always';
      return accepted(declared, { message: 'it has no restart policy', evidence: [], reason });
    }
    return proposal(
      declared,
      lifetime.certainty,
      {
        message,
        evidence: [...lifetime.evidence, ...attempts.evidence],
        change: `restart: ${policy}`,
        unknownReason: lifetime.reason ?? 'it is not known whether it ends by itself',
      },
      () => addKey(document, service, 'restart', policy),
    );
  },
);
