import { done, failed } from './answer.js';
import { type Deed, problemOf } from './problems.js';
import type { Transport } from './transport.js';
import type { Answer, RepositoryPlace } from './types.js';

/** One request to the API of a forge, below its root. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** `/repos/owner/name`, each part encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** What it does, for people: `open the pull request`. */
  readonly what: string;
  /** The repository that it reads, when it does. */
  readonly repository?: string;
}

/** Sends a request, and reads the JSON of its answer. It throws `NoAnswer` and `StrangeAnswer`. */
export type Api = <T>(request: Request, read: (json: unknown, headers: Headers) => T) => Promise<Answer<T>>;

/** The API of a forge with JSON in both directions. */
export function createApi(
  place: RepositoryPlace,
  token: string,
  authorization: string,
  transport: Transport,
): Api {
  return async ({ method, path, query = {}, body, what, repository }, read) => {
    const deed: Deed = { place, token, what, repository };
    const url = new URL(`${place.api}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const answer = await transport(url, {
      method,
      headers: {
        accept: 'application/json',
        authorization,
        'user-agent': 'harden',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status, headers } = answer;
    const json = parsed(await answer.text());
    return answer.ok ? done(read(json, headers)) : failed(problemOf({ status, headers, body: json }, deed));
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A part of a list, and what the answer says of the rest. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Headers;
}

/** The items of a list that comes in pages, of the first pages only where a number of them is given. */
export async function allPages<T>(
  ask: (page: number) => Promise<Answer<Page<T>>>,
  most = Infinity,
): Promise<Answer<readonly T[]>> {
  const all: T[] = [];
  for (let page = 1; page <= most; page += 1) {
    const answer = await ask(page);
    if (!answer.ok) return answer;
    const { items, headers } = answer.value;
    all.push(...items);
    // Each forge links the next page; for some lists, Gitea only counts. A server may give fewer than it is asked for.
    const total = Number(headers.get('x-total-count') ?? 0);
    const more = /rel="next"/.test(headers.get('link') ?? '') || all.length < total;
    if (!more || items.length === 0) break;
  }
  return done(all);
}
