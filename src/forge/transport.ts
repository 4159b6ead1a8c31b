import { setTimeout as delay } from 'node:timers/promises';
import { waitOf } from './limits.js';

/** Sends one request as `fetch` does, with the patience that a forge asks for. */
export type Transport = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** How long to wait for what. Tests are less patient. */
export interface Patience {
  /** For an answer, in milliseconds. */
  readonly timeout: number;
  /** Before a question is repeated, in milliseconds. */
  readonly pause: number;
  /** The longest wait that a forge may ask for, in seconds. */
  readonly longestWait: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export const PATIENCE: Patience = { timeout: 30_000, pause: 1000, longestWait: 60, sleep: delay };

/** No answer came: why, in words, and whether the request may have been carried out all the same. */
export class NoAnswer extends Error {}

const REDIRECTS = 3;

/**
 * Repeats a question, never an order: one whose answer is lost may have been carried out. What a rate limit refused has
 * certainly not been carried out: it is repeated once when the wait is short.
 */
export function createTransport(patience: Patience): Transport {
  const attempt = async (url: URL, init: RequestInit): Promise<Response> => {
    const question = (init.method ?? 'GET') === 'GET';
    try {
      const answer = await follow(url, init, patience.timeout);
      if (!question || ![502, 503, 504].includes(answer.status)) return answer;
      await answer.body?.cancel();
    } catch (error) {
      if (!question || !isPassing(error)) throw noAnswer(error, url, patience.timeout);
    }
    await patience.sleep(patience.pause);
    try {
      return await follow(url, init, patience.timeout);
    } catch (error) {
      throw noAnswer(error, url, patience.timeout);
    }
  };
  return async (address, init = {}) => {
    const url = new URL(address);
    const answer = await attempt(url, init);
    const wait = waitOf(answer);
    if (wait === undefined || wait > patience.longestWait) return answer;
    await answer.body?.cancel();
    await patience.sleep(wait * 1000);
    return attempt(url, init);
  };
}

/**
 * Follows the redirects of renamed repositories. The token is shown to the host it is for and to no other, and a request
 * stays what it is: `fetch` makes a GET of a POST that is answered with 301.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
async function follow(url: URL, init: RequestInit, timeout: number): Promise<Response> {
  const signal = AbortSignal.timeout(timeout);
  let target = url;
  for (let count = 0; ; count += 1) {
    const answer = await fetch(target, { ...init, redirect: 'manual', signal });
    const location = answer.headers.get('location');
    if (![301, 302, 307, 308].includes(answer.status) || location === null) return await whole(answer);
    await answer.body?.cancel();
    const next = URL.canParse(location, target.href) ? new URL(location, target) : undefined;
    if (next?.host !== url.host || next.protocol !== url.protocol) {
      throw new NoAnswer(
        `${url.host} sends the request on to ${next?.host ?? 'nowhere'}, where the token is not shown: is the address of the API right (--api-url)?`,
      );
    }
    if (count === REDIRECTS) throw new NoAnswer(`${url.host} sends the request in circles`);
    target = next;
  }
}

/** Reads the body at once: a connection can be lost in the middle of it, and the time limit holds for all of it. */
async function whole(answer: Response): Promise<Response> {
  const body = [204, 205, 304].includes(answer.status) ? null : await answer.arrayBuffer();
  return new Response(body, {
    status: answer.status,
    statusText: answer.statusText,
    headers: answer.headers,
  });
}

/** A connection that was lost; not one that can't be made, or an answer that takes too long. */
function isPassing(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(
    codeOf(error),
  );
}

function codeOf(error: unknown): string {
  const { code } = ((error as { cause?: unknown } | null)?.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Says what happened by its code alone: the messages of `fetch` repeat a header that it does not take. */
function noAnswer(error: unknown, { host }: URL, timeout: number): NoAnswer {
  if (error instanceof NoAnswer) return error;
  if ((error as { name?: unknown } | null)?.name === 'TimeoutError') {
    return new NoAnswer(`${host} did not answer within ${Math.round(timeout / 1000)} seconds`);
  }
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return new NoAnswer(`${host} takes no connection`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new NoAnswer(`there is no host ${host}, or no network`);
    default:
      if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) {
        return new NoAnswer(
          `${host} shows a certificate that is not trusted (${code}): NODE_EXTRA_CA_CERTS names your own authority`,
        );
      }
      return new NoAnswer(`the connection to ${host} was lost${code === '' ? '' : ` (${code})`}`);
  }
}
