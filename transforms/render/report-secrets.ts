import { cite } from '../../src/core/evidence.js';
import { redact } from '../../src/core/redact.js';
import { namesSecret } from '../../src/core/secrets.js';
import type { Evidence, Finding } from '../../src/core/types.js';
import {
  citeResource,
  citeVariable,
  textField,
  type ResourceView,
} from '../../src/workload/render/resource.js';
import { commandHoldsSecret, isOwnKey, literalSecrets } from '../../src/workload/render/secrets.js';
import { blueprintField, forEachResource, manual, rangeOfVariable } from './resource.js';

const COMMANDS = ['buildCommand', 'startCommand', 'dockerCommand', 'preDeployCommand', 'initialDeployHook'];

export const reportSecrets = forEachResource(
  {
    id: 'render/report-secrets',
    title: 'Keep secrets out of the Blueprint',
    description:
      'A secret that stands in a Blueprint is known to all who can read the repository or its history, and every preview environment gets it too. With sync: false Render asks for the value when the Blueprint is created, and keeps what is entered in the dashboard; an environment group takes no sync: false, so its secrets are entered in the dashboard alone. The address of a data store of the Blueprint comes from fromDatabase or fromService. It is reported, not changed: a value that was committed has to be replaced by a new one, and a service that exists keeps the old one until then.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'Render does not ask for a variable with sync: false that is added to an existing Blueprint, and leaves it out of preview environments: enter it in the dashboard before.',
    touches: [],
    controls: [],
    references: [
      blueprintField('setting-environment-variables'),
      'https://render.com/docs/configure-environment-variables',
      'https://render.com/docs/preview-environments#placeholder-environment-variables',
    ],
  },
  (view): readonly Finding[] => [...inVariables(view), ...inTexts(view), ...ignored(view)],
);

function inVariables(view: ResourceView): readonly Finding[] {
  const found = literalSecrets(view).filter((variable) => !isOwnKey(variable));
  if (found.length === 0) return [];
  const names = found.map(({ name }) => name).join(', ');
  const group = view.resource.section === 'envVarGroups';
  return [
    manual(view, {
      message: `${found.length === 1 ? 'a secret stands' : 'secrets stand'} in the file (${names})`,
      range: rangeOfVariable(found[0]!),
      evidence: found.map((variable) => citeVariable(view.document, variable)),
      reason: group
        ? 'what was committed has to be replaced, and an environment group takes no sync: false'
        : 'what was committed has to be replaced, and the new value is entered in the dashboard',
      suggestion: group
        ? `take ${names} out of the file, and enter ${found.length === 1 ? 'it' : 'them'} in the group in the dashboard`
        : found.map(({ name }) => `- key: ${name}\n  sync: false`).join('\n'),
    }),
  ];
}

function inTexts(view: ResourceView): readonly Finding[] {
  const repo = textField(view, 'repo') ?? '';
  const found = [
    ...COMMANDS.filter((key) => commandHoldsSecret(textField(view, key) ?? '')),
    ...(redact(repo) === repo ? [] : ['repo']),
  ];
  if (found.length === 0) return [];
  const evidence: Evidence[] = found.map((key) => citeResource(view, key));
  return [
    manual(view, {
      message: `a secret stands in the file, in ${found.join(', ')}`,
      evidence,
      reason: found.includes('repo')
        ? 'what was committed has to be replaced, and Render is given access to the repository instead'
        : 'what was committed has to be replaced, and the new value goes in a variable of the service',
    }),
  ];
}

/** https://render.com/docs/blueprint-spec: "If you do this, Render ignores the environment variable." */
function ignored(view: ResourceView): readonly Finding[] {
  if (view.resource.section !== 'envVarGroups') return [];
  const found = view.variables.filter(({ name, source }) => source.kind === 'entered' && namesSecret(name));
  if (found.length === 0) return [];
  const names = found.map(({ name }) => name).join(', ');
  return [
    manual(view, {
      message: `nobody is asked for ${names}, as Render ignores sync: false in an environment group`,
      range: rangeOfVariable(found[0]!),
      evidence: found.map(({ offset }) => cite(view.document, offset)),
      reason: 'it has to be entered by hand, or stand in each service that needs it',
      suggestion: `enter ${names} in the group in the dashboard`,
    }),
  ];
}
