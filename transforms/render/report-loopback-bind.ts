import { citeSource } from '../../src/core/evidence.js';
import { bindingOf } from '../../src/workload/render/binding.js';
import { citeResource, type ResourceView } from '../../src/workload/render/resource.js';
import { accepted, forEachResource, manual } from './resource.js';

const BINDING = 'https://render.com/docs/web-services#port-binding';

export const reportLoopbackBind = forEachResource(
  {
    id: 'render/report-loopback-bind',
    title: 'Listen where Render reaches the service',
    description:
      "Render forwards requests to the service's instance from outside of it, and services of the private network connect the same way. A program that listens on 127.0.0.1 only is reached by neither: the deploy fails, or its private port stays shut. So an address of 0.0.0.0 in a start command is right here, and does not make the service public: its type does that. What it listens on is read off dockerCommand, startCommand or the Dockerfile's CMD, from the defaults of well-known servers, and from a comment above CMD that says so.",
    severity: 'medium',
    phase: 2,
    mayBreak: 'Nothing: without it Render does not reach the program.',
    touches: [],
    controls: [],
    references: [BINDING, 'https://render.com/docs/private-network'],
  },
  (view, { program }) => {
    if (view.resource.type !== 'web' && view.resource.type !== 'pserv') return undefined;
    const running = program(view);
    const binding = running === undefined ? undefined : bindingOf(running);
    if (binding === undefined || (binding.kind === 'loopback' && isTold(view))) return undefined;
    const evidence = [
      citeResource(view),
      binding.evidence,
      citeSource(BINDING, 'a web service binds to a port on host 0.0.0.0'),
    ];
    if (binding.kind === 'everywhere') {
      return accepted(view, {
        message: `it listens on every address (${binding.by})`,
        evidence,
        reason: 'Render reaches it from outside its instance; whether it is public says its type',
      });
    }
    const field = running?.dockerfile === undefined ? 'startCommand' : 'dockerCommand';
    return manual(view, {
      message: `it listens on loopback, where Render does not reach it (${binding.by})`,
      evidence,
      reason:
        binding.instead === undefined
          ? "only the program's documentation tells how it listens elsewhere"
          : 'how it starts is yours to change',
      suggestion: `${field}: <the command> ${binding.instead ?? 'that listens on 0.0.0.0 and $PORT'}`,
    });
  },
);

/** A variable that sets the address of many servers: HOST, FLASK_RUN_HOST, UVICORN_HOST. */
function isTold({ variables }: ResourceView): boolean {
  return variables.some(
    ({ name, source }) =>
      /(?:^|_)(?:HOST|HOSTNAME|BIND|ADDRESS)$/.test(name) &&
      source.kind === 'literal' &&
      /^(?:0\.0\.0\.0|\[?::\]?)/.test(source.value),
  );
}
