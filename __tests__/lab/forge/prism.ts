import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FakeAnswer, FakeRequest, Witness } from '../../support/fake-forge/index.js';

/** What prism says of a request or an answer: https://docs.stoplight.io/docs/prism/83dbbd75532cf-http-mocking#validation */
interface Violation {
  readonly location: readonly string[];
  readonly message: string;
}

export interface Prism {
  /** Checks each request and its answer by the description; notes what is wrong with them. */
  readonly witness: Witness;
  /** How many were checked. */
  readonly checked: () => number;
  /** What could not be checked. */
  readonly unknown: () => ReadonlySet<string>;
  /** What was wrong since it was asked last. */
  readonly takeFaults: () => readonly string[];
  close(): Promise<void>;
}

/** A header of the lab's own: prism passes it on to what stands behind it. */
const NUMBER = 'x-lab-number';

/** The longest start that was seen took 20 s, on a busy machine. */
const START_MS = 60_000;

/**
 * Prism as a proxy: it gets a copy of each request, and behind it stands a server that gives the answer which the fake
 * forge is about to give. So it sees both, and the fake can still lose connections as it likes.
 * @param thorough whether the description has all that is asked, and says truly what is answered.
 */
export async function startPrism(program: string, description: string, thorough: boolean): Promise<Prism> {
  const answers = new Map<string, FakeAnswer>();
  const behind = createServer((request, response) => {
    const { status, body, headers } = answers.get(String(request.headers[NUMBER])) ?? { status: 599 };
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [program, 'proxy', '-h', '127.0.0.1', '-p', String(port), description, await listen(behind)],
    { stdio: 'ignore' },
  );
  const kill = (): void => void child.kill();
  process.once('exit', kill);
  const base = `http://127.0.0.1:${port}`;
  const queries = queriesOf(description);
  const undescribed = new Set<string>();
  let count = 0;
  let faults: string[] = [];
  const witness: Witness = async (request, answer) => {
    count += 1;
    answers.set(String(count), answer);
    const said = await sendThrough(base, request, String(count));
    const what = `${request.method} ${request.path}`;
    if (!thorough && said.some(({ message }) => message === 'Selected route not found')) {
      undescribed.add(what);
      return;
    }
    const wrong = said.filter((violation) => matters(violation, answer, thorough));
    const strange = [...request.query.keys()].filter((name) => !queries.has(name));
    faults.push(
      ...wrong.map(({ location, message }) => `${what}: ${location.join('.')}: ${message}`),
      ...strange.map((name) => `${what}: no such parameter: ${name}`),
    );
  };
  const close = async (): Promise<void> => {
    behind.close();
    behind.closeAllConnections();
    await stop(child);
    process.off('exit', kill);
  };
  try {
    await started(base, child);
  } catch (error) {
    await close();
    throw error;
  }
  const takeFaults = (): readonly string[] => {
    const taken = faults;
    faults = [];
    return taken;
  };
  return { witness, checked: () => count, unknown: () => undescribed, takeFaults, close };
}

/** Descriptions don't list every status of an error; and those of some forges don't say truly what is answered. */
function matters({ location, message }: Violation, { status }: FakeAnswer, answersToo: boolean): boolean {
  if (location[0] === 'request') return true;
  return answersToo && !(status >= 400 && message.startsWith('Unable to match the returned status code'));
}

async function sendThrough(
  base: string,
  request: FakeRequest,
  number: string,
): Promise<readonly Violation[]> {
  const { method, url, headers, body } = request;
  const { authorization = '', accept = '' } = headers;
  const answer = await fetch(base + url.replace(/^\/api\/v\d/, ''), {
    method,
    headers: {
      [NUMBER]: number,
      authorization,
      accept,
      ...(body === undefined ? {} : { 'content-type': headers['content-type'] ?? '' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  await answer.body?.cancel();
  const violations = answer.headers.get('sl-violations');
  return violations === null ? [] : (JSON.parse(violations) as Violation[]);
}

/** The names of all parameters of a description: prism lets unknown ones pass, and so do the forges. */
function queriesOf(description: string): ReadonlySet<string> {
  return new Set(
    [...readFileSync(description, 'utf8').matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name!),
  );
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

async function started(base: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + START_MS;
  while (Date.now() < end && child.exitCode === null) {
    try {
      await (await fetch(base)).body?.cancel();
      return;
    } catch {
      await delay(100);
    }
  }
  throw new Error('prism did not start');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const ended = once(child, 'exit');
  await Promise.race([ended, delay(3000, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}
