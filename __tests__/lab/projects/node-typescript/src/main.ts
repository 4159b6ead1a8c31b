import { createServer } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ms from 'ms';
import { greeting } from './greeting.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const counter = join(tmpdir(), 'greeter-count');
let count = 0;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/version') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ version, cache: ms('2 days') }));
    return;
  }
  const text = greeting(url.searchParams.get('lang') ?? 'en', url.searchParams.get('name') ?? 'world');
  if (text === undefined) {
    response.writeHead(404).end('no such language\n');
    return;
  }
  count += 1;
  writeFileSync(counter, String(count));
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${text} (${readFileSync(counter, 'utf8')})\n`);
});

server.listen(Number(process.env.PORT ?? 8080), '0.0.0.0');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
