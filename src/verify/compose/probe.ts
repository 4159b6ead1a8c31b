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

/** Connects to a port of this machine, and asks for a page when nothing is said. */
export async function probePort(host: string, port: number, signal?: AbortSignal): Promise<Probe> {
  const silent = await converse(host, port, undefined, PATIENCE.silence, signal);
  if (silent.reach !== 'open') return silent;
  const asked = await converse(
    host,
    port,
    `GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: harden-verify\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    PATIENCE.answer,
    signal,
  );
  // Many protocols end the connection when they hear HTTP: it was open before.
  return asked.reach === 'answers' ? asked : silent;
}

function converse(
  host: string,
  port: number,
  text: string | undefined,
  patience: number,
  signal: AbortSignal | undefined,
): Promise<Probe> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    let [connected, heard] = [false, ''];
    const end = (): void => {
      clearTimeout(late);
      socket.destroy();
      const status = /^HTTP\/[\d.]+ (\d{3})/.exec(heard)?.[1];
      if (heard !== '')
        resolve({ reach: 'answers', ...(status === undefined ? {} : { status: Number(status) }) });
      else resolve({ reach: connected ? 'closed' : 'refused' });
    };
    const late = setTimeout(() => {
      if (heard !== '' || !connected) return end();
      socket.destroy();
      resolve({ reach: 'open' });
    }, patience);
    socket
      .setEncoding('latin1')
      .on('connect', () => {
        connected = true;
        if (text !== undefined) socket.write(text);
      })
      .on('data', (chunk: string) => {
        heard += chunk;
        if (heard.length > 15) end();
      })
      .on('error', end)
      .on('close', end);
  });
}
