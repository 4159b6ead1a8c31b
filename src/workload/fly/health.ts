import { cite, citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { FlyImage } from '../context.js';
import { startedCommands } from '../runtime/commands.js';
import { listeningPort } from '../runtime/port.js';
import { healthRoute } from '../runtime/routes.js';
import { programSources } from '../runtime/sources.js';
import type { FlyStart } from './start.js';

/** A path by which a service can be asked for its health. */
export type FlyHealth =
  | { readonly kind: 'route'; readonly path: string; readonly evidence: readonly Evidence[] }
  /** A path is known, but not that this service answers there. */
  | {
      readonly kind: 'unclear';
      readonly path: string;
      readonly reason: string;
      readonly evidence: readonly Evidence[];
    }
  | { readonly kind: 'none' };

const NONE: FlyHealth = { kind: 'none' };

/** `http://localhost:${PORT:-3000}/health` in a check that runs inside the container. */
const URL_IN_CHECK =
  /\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(?:(\d+)|\$\{?(\w+)(?::?-(\d+))?\}?))?(\/[^\s"'`|);&,\]]*)?/;

/** A path that can be asked for as it is: no variable, no question. */
const PLAIN_PATH = /^\/[\w./~-]*$/;

interface Asked {
  readonly path: string;
  readonly port: number | undefined;
  readonly evidence: readonly Evidence[];
}

function askedBy(text: string, start: FlyStart, evidence: Evidence): Asked | undefined {
  const match = URL_IN_CHECK.exec(text);
  if (match === null) return undefined;
  const [, literal, variable, fallback, path = '/'] = match;
  if (!PLAIN_PATH.test(path)) return undefined;
  const set = variable === undefined ? undefined : start.env.get(variable);
  const written = literal ?? set?.value ?? fallback ?? (variable === undefined ? '80' : undefined);
  const port = written === undefined ? undefined : Number(written);
  return { path, port, evidence: [evidence, ...(set === undefined ? [] : [set.evidence])] };
}

/** What the image's own check and those of Compose services that build it ask for. */
function askedInContainer(image: FlyImage, start: FlyStart): Asked | undefined {
  const check = image.build.scope.instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
  const own =
    check === undefined ? undefined : askedBy(check.argumentText, start, cite(image.document, check.start));
  if (own !== undefined) return own;
  for (const { healthcheckTest: test } of image.context.usedBy) {
    const asked = test === undefined ? undefined : askedBy(test.text, start, test.evidence);
    if (asked !== undefined) return asked;
  }
  return undefined;
}

/** The route that the program's own sources register, and the port that they listen on. */
function askedInSources(image: FlyImage, start: FlyStart): Asked | undefined {
  const { document, build, context } = image;
  const sources = programSources(document, build, context);
  const route = healthRoute(sources);
  if (route === undefined) return undefined;
  const commands = start.written === undefined ? startedCommands(document, build, context) : start.programs;
  const port = listeningPort(document, build, commands, sources, context);
  if (port.kind !== 'port') return { path: route.path, port: undefined, evidence: [route.evidence] };
  const set = port.variable === undefined ? undefined : start.env.get(port.variable);
  const number = set === undefined ? port.port : Number(set.value);
  const evidence = [route.evidence, ...(set === undefined ? port.evidence : [set.evidence])];
  return { path: route.path, port: number, evidence };
}

/** True where the file starts the program that the image would start. */
function startsTheSame(image: FlyImage, start: FlyStart): boolean {
  if (start.written === undefined) return true;
  const words = (programs: FlyStart['programs']): string =>
    programs.map(({ name = '', args }) => [name, ...args].join(' ')).join('\n');
  const [file, own] = [words(start.programs), words(image.build.startup.programs)];
  return file !== '' && own.includes(file);
}

/** Where a service answers for its health, as far as the tree tells. */
export function healthOf(internalPort: number, start: FlyStart, image: FlyImage | undefined): FlyHealth {
  if (image === undefined) return NONE;
  const asked = askedInContainer(image, start) ?? askedInSources(image, start);
  if (asked === undefined) return NONE;
  const { path, port, evidence } = asked;
  const unclear = (reason: string): FlyHealth => ({ kind: 'unclear', path, reason, evidence });
  if (port === undefined) return unclear(`nothing says that ${path} is answered on port ${internalPort}`);
  if (port !== internalPort) {
    return unclear(`${path} is known on port ${port}, and the service's port is ${internalPort}`);
  }
  if (!startsTheSame(image, start)) {
    return unclear('the file starts something else than the image, which may not answer there');
  }
  return {
    ...{ kind: 'route', path },
    evidence: [
      ...evidence,
      citeSource(
        'https://fly.io/docs/reference/configuration/#http_service-checks',
        'These checks expect a successful HTTP status in response (i.e, 2xx)',
      ),
    ],
  };
}
