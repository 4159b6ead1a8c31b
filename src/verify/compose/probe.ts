import { connect } from 'node:net';

/**
 * What a published port does: `answers` when it sends anything, `open` when it waits for the client, `closed` when the
 * connection ends at once, as the engine's proxy does when nothing listens behind it, `refused` when there is none.
 */
export type Reach = 'answers' | 'open' | 'closed' | 'refused';

export interface Probe {
  readonly reach: Reach;
  /** The status of the answer to `GET /`, where it is one of HTTP. */
  readonly status?: number | undefined;
}

/** How long a port that says nothing is listened to, and how long an answer may take, in milliseconds. */
const PATIENCE = { silence: 700, answer: 3000 } as const;

const REQUEST =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: harden-verify\r\nAccept: */*\r\nConnection: close\r\n\r\n';

/**
 * Connects to a port of this machine, and asks for a page when nothing is said. By one connection: there are servers
 * that a client that hangs up without a word ends.
 */
export function probePort(host: string, port: number, signal?: AbortSignal): Promise<Probe> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    let [connected, asked, heard] = [false, false, ''];
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const status = /^HTTP\/[\d.]+ (\d{3})/.exec(heard)?.[1];
      if (heard !== '')
        resolve({ reach: 'answers', ...(status === undefined ? {} : { status: Number(status) }) });
      // Many protocols end the connection when they hear HTTP: it was open before.
      else resolve({ reach: asked ? 'open' : connected ? 'closed' : 'refused' });
    };
    const ask = (): void => {
      if (heard !== '' || !connected) return end();
      asked = true;
      socket.write(REQUEST);
      timer = setTimeout(end, PATIENCE.answer);
    };
    let timer = setTimeout(ask, PATIENCE.silence);
    socket
      .setEncoding('latin1')
      .on('connect', () => {
        connected = true;
      })
      .on('data', (chunk: string) => {
        heard += chunk;
        if (heard.length > 15) end();
      })
      .on('error', end)
      .on('close', end);
  });
}
