import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { nanoid } from 'nanoid';

export interface GatewayOptions {
  readonly stateDir: string;
  /** The bearer token for /notes; an empty one admits nobody. */
  readonly token: string;
}

export interface Note {
  readonly id: string;
  readonly text: string;
  readonly createdAt: string;
}

const MAX_BODY = 64 * 1024;

export function createGateway({ stateDir, token }: GatewayOptions): Server {
  const notesDir = join(stateDir, 'notes');

  return createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) send(response, 500, { error: 'internal error' });
      else response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (request.url ?? '/').split('?');

    if (path === '/health' && request.method === 'GET') {
      send(response, 200, { status: 'ok' });
      return;
    }
    if (path !== '/notes') {
      send(response, 404, { error: 'not found' });
      return;
    }
    if (!isAuthorized(request, token)) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      send(response, 401, { error: 'unauthorized' });
      return;
    }
    if (request.method === 'GET') {
      send(response, 200, await listNotes(notesDir));
    } else if (request.method === 'POST') {
      const text = noteText(await readBody(request));
      if (text === undefined) send(response, 400, { error: 'expected {"text": "..."}, at most 64 KiB' });
      else send(response, 201, await addNote(notesDir, text));
    } else {
      response.setHeader('Allow', 'GET, POST');
      send(response, 405, { error: 'method not allowed' });
    }
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

function isAuthorized(request: IncomingMessage, token: string): boolean {
  if (token === '') return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  return size <= MAX_BODY ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function noteText(body: string | undefined): string | undefined {
  try {
    const { text } = JSON.parse(body ?? '') as { text?: unknown };
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}

async function listNotes(notesDir: string): Promise<Note[]> {
  await mkdir(notesDir, { recursive: true });
  const names = (await readdir(notesDir)).filter((name) => name.endsWith('.json'));
  const notes = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(notesDir, name), 'utf8')) as Note),
  );
  return notes.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

async function addNote(notesDir: string, text: string): Promise<Note> {
  await mkdir(notesDir, { recursive: true });
  const note: Note = { id: nanoid(12), text, createdAt: new Date().toISOString() };
  await writeFile(join(notesDir, `${note.id}.json`), JSON.stringify(note) + '\n', { flag: 'wx' });
  return note;
}
