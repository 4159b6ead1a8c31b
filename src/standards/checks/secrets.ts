import { cite } from '../../core/evidence.js';
import { holdsSecret, namesSecret } from '../../core/secrets.js';
import type { Evidence } from '../../core/types.js';
import { variablesOf, type Variable } from '../../workload/compose/environment.js';
import type { ServiceView } from '../../workload/compose/project.js';
import type { ContainerCheck } from '../types.js';
import { met, unmet } from '../verdict.js';

const TRANSFORMS = ['compose/report-secrets', 'quadlet/report-secrets'];

interface Found {
  readonly name: string;
  readonly evidence: Evidence;
}

function variables(view: ServiceView, holds: (variable: Variable) => boolean): readonly Found[] {
  return view.fields('environment').flatMap((field) =>
    variablesOf(field)
      .filter(holds)
      .map(({ name, offset }) => ({ name, evidence: cite(field.document, offset) })),
  );
}

function isLiteral({ name, value }: Variable): boolean {
  return value !== undefined && holdsSecret(name, value);
}

/** A secret, whether the file has its value or only passes it on. */
function isSecret(variable: Variable): boolean {
  const { name, value } = variable;
  return isLiteral(variable) || ((value === undefined || value.includes('$')) && namesSecret(name));
}

function check(
  name: string,
  holds: (variable: Variable) => boolean,
  says: readonly [met: string, unmet: string],
): ContainerCheck {
  return {
    name,
    of: 'container',
    transforms: TRANSFORMS,
    decide: ({ workload: { view } }) => {
      const found = variables(view, holds);
      return found.length === 0
        ? met(says[0])
        : unmet(
            `${says[1]}: ${found.map((variable) => variable.name).join(', ')}`,
            ...found.map(({ evidence }) => evidence),
          );
    },
  };
}

export const noSecretsInFile = check('secrets-in-the-file', isLiteral, [
  'no secret is written in its file',
  'a secret is written in its file',
]);

/** All its processes inherit the environment, and `docker inspect` shows it. */
export const noSecretsInEnvironment = check('secrets-in-the-environment', isSecret, [
  'its file gives it no secret in the environment',
  'it gets a secret in its environment',
]);
