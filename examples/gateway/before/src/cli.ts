import type { Note } from './server.js';

/** Talks to a running gateway over HTTP, so it works from another container or another host. */
export async function runCli(command: 'list' | 'add', text: string): Promise<void> {
  const base = process.env.GATEWAY_URL || 'http://127.0.0.1:18789';
  const authorization = `Bearer ${process.env.GATEWAY_TOKEN ?? ''}`;

  if (command === 'list') {
    const notes = (await call(`${base}/notes`, { headers: { authorization } })) as Note[];
    for (const note of notes) console.log(`${note.createdAt}  ${note.id}  ${note.text}`);
    return;
  }
  if (text === '') throw new Error('add: the text is missing');
  const note = (await call(`${base}/notes`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })) as Note;
  console.log(note.id);
}

async function call(url: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw new Error(`cannot reach ${url}`, { cause: error });
  }
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
