import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createGateway, type Note } from './server.js';

const authorization = 'Bearer secret';
let stateDir: string;
let server: ReturnType<typeof createGateway>;
let base: string;

before(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gateway-'));
  server = createGateway({ stateDir, token: 'secret' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(async () => {
  server.close();
  server.closeAllConnections();
  await rm(stateDir, { recursive: true });
});

test('GET /health needs no token', async () => {
  const response = await fetch(`${base}/health`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: 'ok' });
});

test('/notes refuses a missing and a wrong token', async () => {
  assert.equal((await fetch(`${base}/notes`)).status, 401);
  assert.equal((await fetch(`${base}/notes`, { headers: { authorization: 'Bearer no' } })).status, 401);
});

test('a note that was added is listed', async () => {
  const post = (body: string): Promise<Response> =>
    fetch(`${base}/notes`, { method: 'POST', headers: { authorization }, body });

  assert.equal((await post('not json')).status, 400);
  const added = await post(JSON.stringify({ text: 'buy milk' }));
  assert.equal(added.status, 201);
  const note = (await added.json()) as Note;

  const listed = await fetch(`${base}/notes`, { headers: { authorization } });
  assert.deepEqual(await listed.json(), [note]);
  assert.equal(note.text, 'buy milk');
});
