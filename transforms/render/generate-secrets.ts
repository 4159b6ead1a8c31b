import { enumeration } from '../../src/core/words.js';
import { citeSource } from '../../src/core/evidence.js';
import { replaceField } from '../../src/formats/render-yaml/edit.js';
import { citeVariable, type ResourceView } from '../../src/workload/render/resource.js';
import { isOwnKey, literalSecrets, type SecretVariable } from '../../src/workload/render/secrets.js';
import { blueprintField, forEachResource, proposal, rangeOfVariable } from './resource.js';

const VARIABLES = blueprintField('setting-environment-variables');

export const generateSecrets = forEachResource(
  {
    id: 'render/generate-secrets',
    title: 'Let Render make up the keys that only the program must know',
    description:
      'A key with which a program signs its sessions and tokens is known to all who can read the repository when its value stands in the Blueprint, and every deployment from it gets the same one. Nobody else has to know such a key: generateValue has Render make up 256 random bits for each service, once. It is done for keys that are known to take any text (SECRET_KEY, JWT_SECRET, SESSION_SECRET and the like) and that only one service has; Render keeps a value that exists, so that a running service goes on with the old one until that is replaced in the dashboard, which has to be done.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'With a new key, sessions and tokens that the old one signed are no longer valid. Another system that checks these tokens by the old key no longer can.',
    touches: [
      'services.*.envVars.*.value',
      'services.*.envVars.*.generateValue',
      'envVarGroups.*.envVars.*.value',
      'envVarGroups.*.envVars.*.generateValue',
    ],
    controls: [],
    references: [VARIABLES, 'https://render.com/docs/configure-environment-variables'],
  },
  (view, { resources }) =>
    literalSecrets(view)
      .filter(isOwnKey)
      .map((variable) => {
        const { document } = view;
        return proposal(
          view,
          {
            message: `a secret stands in the file (${variable.name})`,
            range: rangeOfVariable(variable),
            evidence: [
              citeVariable(document, variable),
              citeSource(
                VARIABLES,
                'generates a base64-encoded 256-bit value, unless a value already exists',
              ),
            ],
            change: `generateValue: true for ${variable.name}; replace the old value in the dashboard`,
            obstacle: sharedWith(view, variable, resources),
          },
          () => replaceField(document, variable, 'value', 'generateValue: true'),
        );
      }),
);

/** Other resources that have the same variable or the same value: they would no longer agree. */
function sharedWith(
  view: ResourceView,
  variable: SecretVariable,
  resources: readonly ResourceView[],
): string | undefined {
  const others = resources.filter(
    (other) =>
      other !== view &&
      other.variables.some(
        ({ name, source }) =>
          source.kind === 'literal' && (name === variable.name || source.value === variable.source.value),
      ),
  );
  const again = view.variables.filter(
    (other) =>
      other !== variable && other.source.kind === 'literal' && other.source.value === variable.source.value,
  );
  if (again.length > 0) return `${enumeration(again.map(({ name }) => name))} has the same value`;
  if (others.length === 0) return undefined;
  const names = enumeration(others.map(({ resource }) => resource.name));
  return `${names} has it too, and each would get another value: generate it in one place, and take it from there by fromService with envVarKey, or from an environment group`;
}
