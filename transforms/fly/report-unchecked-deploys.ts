import { citeSource } from '../../src/core/evidence.js';
import { valueAt } from '../../src/formats/toml/document.js';
import { about, FLY_CONFIG, manual, type FlyTransform } from './service.js';

const STRATEGY = `${FLY_CONFIG}#picking-a-deployment-strategy`;

export const reportUncheckedDeploys: FlyTransform = {
  meta: {
    id: 'fly/report-unchecked-deploys',
    title: 'Wait for the checks of a release',
    description:
      'With the strategy immediate all Machines get a new release at once, and nobody waits whether it works: a fault reaches all of them, and no check holds it up. Fly means it for emergencies. The others replace a Machine once the one before it passes its checks. Previews of pull requests may want it all the same, so a person decides.',
    severity: 'low',
    phase: 2,
    mayBreak: 'Deployments take longer, and fail where a check does.',
    touches: [],
    controls: [],
    references: [STRATEGY, 'https://fly.io/docs/blueprints/seamless-deployments/'],
  },
  run: (document) => {
    const path = ['deploy', 'strategy'];
    if (valueAt(document, path) !== 'immediate') return [];
    const source = citeSource(STRATEGY, 'without waiting for health checks to pass');
    const base = about(
      document,
      path,
      'a release replaces all Machines at once, and no check is waited for',
      [source],
    );
    return [
      manual(
        { ...base, subject: ['deploy'] },
        'the file chooses it: a preview may want it, what people use should not',
        'strategy = "rolling"',
      ),
    ];
  },
};
