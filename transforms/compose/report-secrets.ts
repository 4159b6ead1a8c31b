import { cite, citeSource } from '../../src/core/evidence.js';
import { holdsSecret, namesSecret } from '../../src/core/secrets.js';
import type { Evidence, ManualFinding } from '../../src/core/types.js';
import type { ComposeDocument, ComposeService } from '../../src/formats/compose/document.js';
import { variablesOf, type Variable } from '../../src/workload/compose/environment.js';
import type { ServiceWorkload } from '../../src/workload/compose/service.js';
import { documentedBy } from '../../src/workload/compose/secret-files.js';
import type { ComposeTransform } from './service.js';

/**
 * Why this is never done by itself: a literal must be replaced by a new value; and what comes from `${VAR}` would
 * need a secret whose source is `environment`, which Compose copies into the container's root file system.
 */
const FILE_ONLY = citeSource(
  'https://github.com/docker/compose/pull/12531',
  "Let user know non-file based secret/config isn't compatible with a read-only service",
);

export const reportSecrets: ComposeTransform = {
  meta: {
    id: 'compose/report-secrets',
    title: 'Keep secrets out of the file and the environment',
    description:
      'A secret that stands in a Compose file is known to all who can read the repository or its history, and one in the environment to `docker inspect`, to every child process and to many an error report. Where the image documents a variable that names a file instead (POSTGRES_PASSWORD_FILE), the secret belongs in a file that the service gets under `secrets`; else its value belongs outside the repository, behind `${NAME:?}`. It is reported, not changed: a value that was committed has to be replaced by a new one, and a secret file has to be made by hand. Compose could take a secret from its own environment, but copies it into the root file system: that fails in a read-only service, for another user than root in older versions, and in `docker stack deploy`.',
    severity: 'high',
    phase: 2,
    mayBreak:
      "A data store keeps the password of its first start: change it there too. A health check or script that reads the variable finds it empty. Compose mounts a secret's file as it is on the host: the container's user must be able to read it (mode 0444, in a folder of mode 0700).",
    touches: [],
    controls: [],
    references: [
      'https://docs.docker.com/compose/how-tos/use-secrets/',
      'https://docs.docker.com/reference/compose-file/secrets/',
      'https://docs.docker.com/reference/compose-file/interpolation/',
    ],
  },
  run: (document, context) => {
    // What comes from an anchor is reported where it is used first.
    const seen = new Set<number>();
    return document.services.flatMap((service) => {
      const workload = context.workload(service.name);
      if (workload === undefined) return [];
      const variables = workload.view
        .fields('environment')
        .filter((field) => field.document === document)
        .flatMap(variablesOf)
        .filter(({ offset }) => !seen.has(offset));
      for (const { offset } of variables) seen.add(offset);
      return decide(document, service, workload, variables);
    });
  },
};

function decide(
  document: ComposeDocument,
  service: ComposeService,
  workload: ServiceWorkload,
  variables: readonly Variable[],
): readonly ManualFinding[] {
  const literal = variables.filter(({ name, value }) => value !== undefined && holdsSecret(name, value));
  const passed = variables.filter(
    (variable) => !literal.includes(variable) && namesSecret(variable.name) && isPassed(variable),
  );
  const documented = documentedBy(workload);
  const inFile = (variable: Variable): boolean => documented.names.has(variable.name);
  const finding = (
    found: readonly Variable[],
    text: { message: string; reason: string; evidence?: readonly Evidence[]; suggestion: string },
  ): ManualFinding[] => {
    const [first] = found;
    if (first === undefined) return [];
    const lines = found.map(({ offset }) => cite(document, offset));
    return [
      {
        subject: ['services', service.name],
        range: { start: first.offset, end: first.offset + first.name.length },
        safety: 'manual',
        message: text.message,
        evidence: [...lines, ...(text.evidence ?? [])],
        reason: text.reason,
        suggestion: text.suggestion,
      },
    ];
  };
  const movable = literal.filter(inFile);
  const others = literal.filter((variable) => !inFile(variable));
  const handed = passed.filter(inFile);
  return [
    ...finding(movable, {
      message: `${some(movable)} in the file: ${names(movable)}`,
      reason: 'what was committed has to be replaced, and the new value goes in a file of its own',
      evidence: documented.evidence(movable),
      suggestion: asFiles(service.name, movable),
    }),
    ...finding(others, {
      message: `${some(others)} in the file: ${names(others)}`,
      reason: 'what was committed has to be replaced, and the new value stays out of the repository',
      suggestion: others.map(({ name }) => `${name}: \${${name.replace(/\W+/g, '_')}:?}`).join(', '),
    }),
    ...finding(handed, {
      message: `${some(handed)} in the environment: ${names(handed)}`,
      reason: 'a file has to be made for it: Compose can give a read-only service no other secret',
      evidence: [...documented.evidence(handed), FILE_ONLY],
      suggestion: asFiles(service.name, handed),
    }),
  ];
}

/** A variable that gets its value from the shell or `.env`, and nothing else. */
function isPassed({ value }: Variable): boolean {
  return value === undefined || /^\$(?:\w+|\{\w+(?::?\?[^{}]*)?\})$/.test(value);
}

function names(variables: readonly Variable[]): string {
  return variables.map(({ name }) => name).join(', ');
}

function some(variables: readonly Variable[]): string {
  return variables.length === 1 ? 'a secret stands' : 'secrets stand';
}

function asFiles(service: string, variables: readonly Variable[]): string {
  const secrets = variables.map(({ name }) => ({ name, secret: `${service}_${name}`.toLowerCase() }));
  const top = secrets.map(({ secret }) => `${secret}: { file: ./secrets/${secret} }`).join(', ');
  const files = secrets.map(({ name, secret }) => `${name}_FILE: /run/secrets/${secret}`).join(', ');
  const list = secrets.map(({ secret }) => secret).join(', ');
  return `secrets: { ${top} } at the top level; in the service secrets: [${list}], and ${files} instead of ${names(variables)}`;
}
