import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { probePort } from '../../../src/verify/compose/probe.js';

let server: Server;
let connections = 0;

async function portOf(serve: (socket: Socket) => void): Promise<number> {
  connections = 0;
  server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  server.close();
});

test('a server of HTTP answers with a status, and sees one client', async () => {
  const port = await portOf((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')),
  );
  expect(await probePort('127.0.0.1', port)).toEqual({ reach: 'answers', status: 503 });
  expect(connections).toBe(1);
});

test('a server that greets answers', async () => {
  const port = await portOf((socket) => socket.write('220 mail.example.com\r\n'));
  expect(await probePort('127.0.0.1', port)).toEqual({ reach: 'answers' });
});

test('a server that waits, and hangs up when it hears HTTP, is open', async () => {
  const port = await portOf((socket) => socket.once('data', () => socket.destroy()));
  expect(await probePort('127.0.0.1', port)).toEqual({ reach: 'open' });
});

test('a proxy behind which nothing listens closes; nothing refuses', async () => {
  const port = await portOf((socket) => socket.destroy());
  expect(await probePort('127.0.0.1', port)).toEqual({ reach: 'closed' });
  server.close();
  await once(server, 'close');
  expect(await probePort('127.0.0.1', port)).toEqual({ reach: 'refused' });
});
