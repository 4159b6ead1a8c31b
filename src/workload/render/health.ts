import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { stageScope } from '../../formats/dockerfile/scope.js';
import { healthRoute } from '../runtime/routes.js';
import type { Program } from './program.js';

/** A path that the program answers for its health, and where the repository says so. */
export interface HealthPath {
  readonly path: string;
  readonly evidence: Evidence;
}

const REQUEST =
  /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(?:\d+|\$\w+|\$\{\w+(?::?-\d+)?\}))?(\/[\w./-]*)/g;

/** What the Dockerfile's own HEALTHCHECK asks, else a route that the program registers itself. */
export function healthPath({ commands, dockerfile, sources }: Program): HealthPath | undefined {
  const asked = dockerfile === undefined ? undefined : checkedPath(dockerfile);
  return asked ?? flowerPath(commands) ?? healthRoute(sources);
}

/** Flower answers it without a login: https://flower.readthedocs.io/en/latest/auth.html */
function flowerPath(commands: Program['commands']): HealthPath | undefined {
  const flower = commands.find(({ args, name }) => name === 'celery' && args.includes('flower'));
  return flower === undefined ? undefined : { path: '/healthcheck', evidence: flower.evidence };
}

function checkedPath(document: NonNullable<Program['dockerfile']>): HealthPath | undefined {
  const stage = document.finalStage;
  const check =
    stage === undefined
      ? undefined
      : stageScope(document, stage).instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
  if (check === undefined) return undefined;
  const paths = [...check.argumentText.matchAll(REQUEST)].map(([, path = '/']) => path);
  const [path] = paths;
  return path === undefined || new Set(paths).size > 1
    ? undefined
    : { path, evidence: cite(document, check.start) };
}
