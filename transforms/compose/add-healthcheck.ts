import { addKey, Words } from '../../src/formats/compose/edit.js';
import { forEachService, proposal } from './service.js';

export const addHealthcheck = forEachService(
  {
    id: 'compose/add-healthcheck',
    title: 'Check the health of known images',
    description:
      'Without a check a service that hangs counts as running: nothing is told, and what depends on it starts too early. The check comes from the catalogue: it uses only programs that the image has, needs no password and writes nothing, so that it works under a read-only root, without capabilities and as another user. It asks where the image answers by default; a service whose environment, command or configuration may change that is left for a person, and so is one for Swarm, which kills a task whose check fails. Images that bring a check, and services that turn it off, stay as they are.',
    severity: 'low',
    phase: 2,
    mayBreak:
      '`docker compose up --wait` waits for the check, at first one interval long; Swarm and autoheal replace a container whose check fails: give start_period more where a start takes longer (recovery, migrations).',
    touches: ['services.*.healthcheck'],
    controls: ['CIS-Docker-5.27'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#healthcheck',
      'https://docs.docker.com/reference/dockerfile/#healthcheck',
    ],
  },
  (declared) => {
    const { document, service, workload } = declared;
    const probe = workload.healthProbe;
    if (probe === undefined || workload.view.last('healthcheck') !== undefined) return undefined;
    const { test, startPeriod } = probe.value;
    return proposal(
      declared,
      workload.swarm ? 'unknown' : probe.certainty,
      {
        message: 'nothing checks whether it works',
        evidence: probe.evidence,
        change: `healthcheck: ${test.slice(1).join(' ')}`,
        unknownReason:
          probe.reason ??
          'Swarm kills a task whose check fails: choose a start_period that its longest start fits in',
      },
      () =>
        addKey(document, service, 'healthcheck', {
          test: new Words(test),
          // The engine's own default, and time enough for a check that starts a virtual machine.
          interval: '30s',
          timeout: '10s',
          retries: 3,
          start_period: startPeriod,
        }),
    );
  },
);
