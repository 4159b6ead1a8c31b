import { citeSource } from '../../src/core/evidence.js';
import type { Edits } from '../../src/core/text.js';
import { ownPair } from '../../src/formats/compose/document.js';
import { addField, replaceField, replaceValue } from '../../src/formats/render-yaml/edit.js';
import {
  citeResource,
  isProgram,
  runtimeOf,
  textField,
  type ResourceView,
} from '../../src/workload/render/resource.js';
import { blueprintField, forEachResource, manual, proposal } from './resource.js';

const TRIGGER = blueprintField('autodeploytrigger');
const CHANGE = 'autoDeployTrigger: checksPass';

export const deployAfterChecks = forEachResource(
  {
    id: 'render/deploy-after-checks',
    title: 'Deploy only what passed the checks of the CI',
    description:
      'Render deploys each commit to the branch at once, whatever its tests and scanners say of it. With autoDeployTrigger: checksPass it waits for the checks of the commit, and deploys when all of them passed. It is proposed where a workflow of the repository, by its name one of tests or builds, runs on every push to the branch: Render does not deploy a commit that has no check at all. A service that is deployed by hand, by a hook or from an image stays as it is.',
    severity: 'low',
    phase: 3,
    mayBreak:
      'A deploy comes later, and none comes while a check fails; Render must be allowed to read the checks of the repository.',
    touches: ['services.*.autoDeployTrigger', 'services.*.autoDeploy'],
    controls: [],
    references: [TRIGGER, 'https://render.com/docs/deploys#configuring-auto-deploys'],
  },
  (view, { ciChecks }) => {
    const { fields } = view;
    if (!isProgram(view) || runtimeOf(view) === 'image' || fields.repo !== undefined) return undefined;
    const trigger = textField(view, 'autoDeployTrigger');
    const deploys =
      trigger === undefined
        ? !/^(?:false|no)$/i.test(textField(view, 'autoDeploy') ?? '')
        : trigger === 'commit';
    if (!deploys) return undefined;
    const checks = ciChecks(textField(view, 'branch'));
    if (checks.kind === 'none') return undefined;
    const key = ['autoDeployTrigger', 'autoDeploy'].find((name) => fields[name] !== undefined);
    const evidence = [
      citeResource(view, key),
      checks.evidence,
      citeSource(TRIGGER, "checksPass: trigger a deploy only if the linked branch's CI checks pass"),
    ];
    const message = 'each commit is deployed, whatever its checks say';
    if (checks.kind === 'sometimes') {
      return manual(view, { message, evidence, reason: checks.reason, suggestion: CHANGE });
    }
    return proposal(view, { message, evidence, change: CHANGE }, () => edit(view));
  },
);

/** `autoDeploy` is the old name, and the new field is written in its place. */
function edit({ document, resource }: ResourceView): Edits {
  if (ownPair(resource.map, 'autoDeployTrigger') !== undefined) {
    return replaceValue(resource, 'autoDeployTrigger', 'checksPass');
  }
  return ownPair(resource.map, 'autoDeploy') === undefined
    ? addField(document, resource, 'autoDeployTrigger', 'checksPass')
    : replaceField(document, resource, 'autoDeploy', CHANGE);
}
