import { cite } from '../../src/core/evidence.js';
import { holdsSecret } from '../../src/core/secrets.js';
import type { Evidence, Finding } from '../../src/core/types.js';
import { variablesOf } from '../../src/workload/compose/environment.js';
import { documentedBy } from '../../src/workload/compose/secret-files.js';
import { forContainer, manual, quadletKey } from './container.js';

export const reportSecrets = forContainer(
  {
    id: 'quadlet/report-secrets',
    title: 'Keep secrets out of the unit',
    description:
      'A secret in Environment= is known to all who can read the repository or its history, and on the host to everybody: units are world-readable, and systemctl show and podman inspect print them. It belongs in a secret of Podman (podman secret create), which Secret= gives to the container: as a file under /run/secrets where the image documents a variable that names one (POSTGRES_PASSWORD_FILE), else as the variable. It is reported, not changed: a value that was committed has to be replaced by a new one.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'A data store keeps the password of its first start: change it there too. The container does not start before its secret was made.',
    touches: [],
    controls: [],
    references: [
      quadletKey('Secret'),
      'https://docs.podman.io/en/latest/markdown/podman-secret-create.1.html',
    ],
  },
  (container): readonly Finding[] => {
    const { service } = container;
    const found = service.view
      .fields('environment')
      .flatMap((field) => variablesOf(field).map((variable) => ({ ...variable, field })))
      .filter(({ name, value }) => value !== undefined && holdsSecret(name, value));
    if (found.length === 0) return [];
    const documented = documentedBy(service);
    const names = found.map(({ name }) => name).join(', ');
    const lines: Evidence[] = found.map(({ offset, field }) => cite(field.document, offset));
    const suggestion = found.flatMap(({ name }) => {
      const secret = `${service.name}-${name}`.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
      return documented.names.has(name)
        ? [`Secret=${secret}`, `Environment=${name}_FILE=/run/secrets/${secret}`]
        : [`Secret=${secret},type=env,target=${name}`];
    });
    return [
      manual(container, {
        message: `${found.length === 1 ? 'a secret stands' : 'secrets stand'} in the file: ${names}`,
        evidence: [...lines, ...documented.evidence(found)],
        reason: 'what was committed has to be replaced, and the new value goes in a secret of Podman',
        suggestion: suggestion.join('\n'),
      }),
    ];
  },
);
