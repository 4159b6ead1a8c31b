import { parseImageReference } from '../../catalogue/catalogue.js';
import { citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { programName } from '../startup.js';
import { classOf } from './needs/system-calls.js';
import { strings } from './plain.js';
import type { ServiceWorkload } from './service.js';

/** The names by which programs know a proxy; each is written in small letters too, as which some read it alone. */
export const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const;

/** How a program is told to go by a proxy. */
export interface ProxyClient {
  /** What it has to be told besides the variables of the proxy. */
  readonly environment: Readonly<Record<string, string>>;
  readonly evidence: Evidence;
}

const NODE = 'https://nodejs.org/api/cli.html#node_use_env_proxy1';

/** The first version of Node.js whose http and https go by these variables as its fetch does. */
const NODE_VERSION = 24;

const RUBY = /^(?:ruby|bundle|rails|rake|puma|unicorn|sidekiq|rackup)$/;

const CLIENTS: Readonly<Record<string, ProxyClient>> = {
  python: {
    environment: {},
    evidence: citeSource(
      'https://docs.python.org/3/library/urllib.request.html#urllib.request.ProxyHandler',
      'The default is to read the list of proxies from the environment variables <protocol>_proxy',
    ),
  },
  'static-go': {
    environment: {},
    evidence: citeSource(
      'https://pkg.go.dev/net/http#ProxyFromEnvironment',
      'as indicated by the environment variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY',
    ),
  },
  ruby: {
    environment: {},
    evidence: citeSource(
      'https://docs.ruby-lang.org/en/master/Net/HTTP.html#class-Net::HTTP-label-Proxy+Using+-27ENV-5B-27http_proxy-27-5D-27',
      "When environment variable 'http_proxy' is set to a URI string, the returned http will have the server at that URI as its proxy",
    ),
  },
  node: {
    environment: { NODE_USE_ENV_PROXY: '1' },
    evidence: citeSource(
      NODE,
      'Node.js parses the HTTP_PROXY, HTTPS_PROXY and NO_PROXY environment variables during startup, and tunnels requests over the specified proxy',
    ),
  },
};

/** How what a service starts is told to go by a proxy; the reason where that is not known of it. */
export function proxyClient(workload: ServiceWorkload): ProxyClient | string {
  const kind = kindOf(workload);
  if (kind === undefined) return 'whether its program goes by HTTPS_PROXY is not known';
  const version = kind === 'node' ? nodeVersion(workload) : undefined;
  if (kind === 'node' && (version === undefined || version < NODE_VERSION))
    return `only Node.js ${NODE_VERSION} and newer go by HTTPS_PROXY without help`;
  return CLIENTS[kind]!;
}

function kindOf({ view, origin }: ServiceWorkload): string | undefined {
  const found = classOf(view, origin)?.name;
  if (found !== undefined) return found in CLIENTS ? found : undefined;
  const words = ['entrypoint', 'command'].flatMap((key) => strings(view.last(key)?.value));
  const built = origin.kind === 'built' ? origin.build.startup.programs.map(({ name = '' }) => name) : [];
  const programs = (words[0] === undefined ? built : words.slice(0, 1)).map(programName);
  return programs.length > 0 && programs.every((name) => RUBY.test(name)) ? 'ruby' : undefined;
}

function nodeVersion({ view, origin }: ServiceWorkload): number | undefined {
  const written = view.last('image')?.value;
  const named =
    typeof written === 'string' ? parseImageReference(view.project.interpolate(written).text) : undefined;
  const image = origin.kind === 'built' ? origin.build.base : named;
  const major = /(?:^|\/)node$/.test(image?.repository ?? '')
    ? /^(\d+)\b/.exec(image?.tag ?? '')?.[1]
    : undefined;
  return major === undefined ? undefined : Number(major);
}
