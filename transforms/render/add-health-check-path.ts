import { citeSource } from '../../src/core/evidence.js';
import { addField } from '../../src/formats/render-yaml/edit.js';
import { healthPath } from '../../src/workload/render/health.js';
import { citeResource, isStatic } from '../../src/workload/render/resource.js';
import { blueprintField, forEachResource, manual, proposal } from './resource.js';

const CHECKS = 'https://render.com/docs/health-checks';
const MESSAGE = 'nothing checks whether it works';

export const addHealthCheckPath = forEachResource(
  {
    id: 'render/add-health-check-path',
    title: 'Check the health of web services',
    description:
      "Without healthCheckPath a web service counts as healthy when its port takes a connection: a deploy that answers every request with an error replaces the one that worked, and a program that hangs goes on getting requests. With it Render asks the path before a new deploy gets traffic, and every few seconds after that. The path comes from evidence: what the Dockerfile's own HEALTHCHECK asks, or a route for health checks that the source registers at the server itself. Where neither is known it is for a person to name: a path that answers with an error would end every deploy.",
    severity: 'low',
    phase: 2,
    mayBreak:
      'A deploy whose path does not answer 2xx or 3xx within 5 seconds is given up after 15 minutes, and a running instance that stops answering is restarted.',
    touches: ['services.*.healthCheckPath'],
    controls: [],
    references: [blueprintField('healthcheckpath'), CHECKS],
  },
  (view, { program }) => {
    if (view.resource.type !== 'web' || isStatic(view) || view.fields.healthCheckPath !== undefined) {
      return undefined;
    }
    const running = program(view);
    const health = running === undefined ? undefined : healthPath(running);
    if (health === undefined) {
      return manual(view, {
        message: MESSAGE,
        evidence: [citeResource(view)],
        reason:
          'no route for health checks is known: the path has to answer without a login, with 2xx or 3xx',
        suggestion: 'healthCheckPath: /<a route that tells whether it works>',
      });
    }
    return proposal(
      view,
      {
        message: MESSAGE,
        evidence: [
          citeResource(view),
          health.evidence,
          citeSource(CHECKS, 'an HTTP GET request to each instance; 2xx or 3xx is healthy'),
        ],
        change: `healthCheckPath: ${health.path}`,
      },
      () => addField(view.document, view.resource, 'healthCheckPath', health.path),
    );
  },
);
