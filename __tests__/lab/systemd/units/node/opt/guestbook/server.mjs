import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

const entries = join(process.env.DATA_DIR, 'entries.txt');

createServer((request, response) => {
  if (request.method === 'POST') {
    request.setEncoding('utf8').on('data', (text) => {
      appendFileSync(entries, `${text}\n`);
    });
    request.on('end', () => response.writeHead(201).end());
  } else if (request.url === '/interfaces') {
    response.end(`${Object.keys(networkInterfaces()).join(' ')}\n`);
  } else {
    response.end(existsSync(entries) ? readFileSync(entries) : '');
  }
}).listen(Number(process.env.PORT), '127.0.0.1');
