import { redact } from '../../core/redact.js';
import type { Evidence } from '../../core/types.js';
import type { ProgramSource } from './sources.js';

/** A route for health checks that the program registers itself. */
export interface HealthRoute {
  readonly path: string;
  readonly evidence: Evidence;
}

const PATHS = 'healthz|health(?:\\/(?:live|liveness))?|livez?|status|ping|up|api\\/health(?:z)?|_health';
const PATH = `['"\`]\\/(${PATHS})\\/?['"\`]`;

/**
 * Routers may be mounted below another path: only what is registered at the server itself, made in the same file, is
 * known to be there.
 */
const SERVERS: Readonly<Record<ProgramSource['language'], RegExp>> = {
  node: /\b(?:const|let|var)\s+(\w+)(?:\s*:\s*[\w.<>, ]+)?\s*=\s*(?:await\s+)?(?:express\(\)|(?:f|F)astify\(|new\s+(?:Hono|Elysia)\b|restify\.createServer\(|polka\()/g,
  python: /^(\w+)(?:\s*:\s*\w+)?\s*=\s*(?:FastAPI|Flask|Quart|Sanic|Starlette|Bottle)\(/gm,
  go: /\b(\w+)\s*:?=\s*(?:http\.NewServeMux\(\)|gin\.(?:Default|New)\(|echo\.New\(\)|fiber\.New\(|chi\.New(?:Router|Mux)\(\))/g,
};

/** A route that wants to know who asks, or an application that answers only to its own name. */
const GUARDED = /auth|token|protect|guard|permission|login|jwt|session/i;
const OWN_NAME = /TrustedHost|ALLOWED_HOSTS|allowed_hosts|enforceHost|hostAuthorization/;

function registrations(source: ProgramSource, names: readonly string[]): readonly RegExp[] {
  const { language, text } = source;
  const own = names.map((name) => name.replace(/\$/g, '\\$')).join('|');
  switch (language) {
    case 'node': {
      const routes = names.length === 0 ? [] : [new RegExp(`\\b(?:${own})\\.(?:get|all)\\(\\s*${PATH}`)];
      if (!/\bcreateServer\(|\b(?:Bun|Deno)\.serve\(/.test(text)) return routes;
      const compared = new RegExp(`\\b(?:url|pathname|path)\\s*={2,3}\\s*${PATH}`);
      return [...routes, compared];
    }
    case 'python':
      return names.length === 0 ? [] : [new RegExp(`^@(?:${own})\\.(?:get|route|api_route)\\(\\s*${PATH}`)];
    case 'go': {
      const pattern = PATH.replace(`['"\`]\\/`, `['"\`](?:GET )?\\/`);
      const methods = 'HandleFunc|Handle|GET|Get|Any|All';
      const serves = [`http\\.Handle(?:Func)?\\(\\s*${pattern}`];
      if (names.length > 0) serves.push(`\\b(?:${own})\\.(?:${methods})\\(\\s*${pattern}`);
      // chi hands sub-routers to functions under the same name.
      if (/StripPrefix|\.Route\(|\.Mount\(/.test(text)) return [];
      return serves.map((each) => new RegExp(each));
    }
  }
}

/** Where its own source says that the program answers for its health; the first, for the order of the names above. */
export function healthRoute(sources: readonly ProgramSource[]): HealthRoute | undefined {
  if (sources.some(({ text }) => OWN_NAME.test(text))) return undefined;
  const found = sources.flatMap((source) => {
    const names = [...source.text.matchAll(SERVERS[source.language])].map((match) => match[1]!);
    const patterns = registrations(source, names);
    // A route file may hold a Hono application that another mounts below a path.
    if (!source.entry && /new\s+(?:Hono|Elysia)\b/.test(source.text)) return [];
    return source.text.split('\n').flatMap((line, at) => {
      if (/^\s*(?:\/\/|#|\*)/.test(line) || GUARDED.test(line)) return [];
      const match = patterns.map((pattern) => pattern.exec(line)).find((each) => each !== null);
      if (match === undefined) return [];
      const evidence = { file: source.file, line: at + 1, text: redact(line.trim()) };
      return [{ path: `/${match[1]!}`, evidence }];
    });
  });
  const rank = ({ path }: HealthRoute): number => (/health|live/.test(path) ? 0 : 1);
  return [...found].sort((a, b) => rank(a) - rank(b))[0];
}
