import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the forge got it. */
export interface FakeRequest {
  readonly method: string;
  /** Below the root of the API, decoded part by part: `/repos/octo/app/pulls`. */
  readonly path: string;
  /** As it was sent. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text of a page. */
  readonly body?: unknown;
}

/** What goes wrong with a request. */
export type Fault =
  | FakeAnswer
  /** The connection is lost: before the request had an effect, or after it. */
  | 'lost-before'
  | 'lost-after'
  /** The answer comes so many milliseconds late. */
  | { readonly delay: number };

/** The requests that a fault is for. */
export interface Target {
  readonly method?: string;
  readonly path?: RegExp;
  /** How many of them; one unless it is said. */
  readonly times?: number;
}

export interface FakeServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly host: string;
  readonly requests: readonly FakeRequest[];
  /** Lets the next request go wrong, or the next that is meant. */
  fail(fault: Fault, target?: Target): void;
  close(): Promise<void>;
}

/** Sees each request and what it is answered before the answer goes out: the lab checks both against a description. */
export type Witness = (request: FakeRequest, answer: FakeAnswer) => Promise<void>;

/** A server on loopback that answers what a forge's state says, or what a test wants to go wrong. */
export async function startServer(
  root: string,
  answerTo: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
  witness?: Witness,
): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const faults: { fault: Fault; target: Target; left: number }[] = [];

  const faultOf = ({ method, path }: FakeRequest): Fault | undefined => {
    const found = faults.find(
      ({ target, left }) =>
        left > 0 &&
        (target.method === undefined || target.method === method) &&
        (target.path === undefined || target.path.test(path)),
    );
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await read(incoming, root);
    requests.push(request);
    const fault = faultOf(request);
    if (fault === 'lost-before') return void incoming.socket.destroy();
    if (typeof fault === 'object' && 'status' in fault) return send(outgoing, fault);
    const answer = await answerTo(request);
    await witness?.(request, answer);
    if (fault === 'lost-after') return void incoming.socket.destroy();
    if (fault !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delay).unref());
    send(outgoing, answer);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      send(outgoing, { status: 500, body: { message: `the fake forge: ${String(error)}` } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    fail: (fault, target = {}) => faults.push({ fault, target, left: target.times ?? 1 }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage, root: string): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const path = pathname.startsWith(root) ? pathname.slice(root.length) : pathname;
  return {
    method: incoming.method ?? 'GET',
    path: path.split('/').map(decodeURIComponent).join('/'),
    url: incoming.url ?? '/',
    query: searchParams,
    headers: incoming.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function send(outgoing: ServerResponse, { status, headers = {}, body }: FakeAnswer): void {
  const page = typeof body === 'string';
  outgoing.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': page ? 'text/html' : 'application/json; charset=utf-8' }),
    ...headers,
  });
  outgoing.end(body === undefined || page ? body : JSON.stringify(body));
}

/** A part of a list, with the link to the next part as each forge gives it. */
export function paged(
  request: FakeRequest,
  items: readonly unknown[],
  sizeName: string,
  base: string,
): FakeAnswer {
  const size = Number(request.query.get(sizeName) ?? 20);
  const page = Number(request.query.get('page') ?? 1);
  const next = new URL(request.url, base);
  next.searchParams.set('page', String(page + 1));
  const more = page * size < items.length;
  return {
    status: 200,
    headers: {
      'x-total-count': String(items.length),
      ...(more ? { link: `<${next.href}>; rel="next"` } : {}),
    },
    body: items.slice((page - 1) * size, page * size),
  };
}
