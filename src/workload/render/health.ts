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
export function healthPath({ dockerfile, sources }: Program): HealthPath | undefined {
  const asked = dockerfile === undefined ? undefined : checkedPath(dockerfile);
  return asked ?? healthRoute(sources);
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
