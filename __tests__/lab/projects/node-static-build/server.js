import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import sirv from 'sirv';

const manifest = JSON.parse(readFileSync('.output/manifest.json', 'utf8'));
const files = sirv('.output/public', { dev: false });

createServer((req, res) => {
  if (req.url === '/api/manifest') {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(manifest));
    return;
  }
  files(req, res, () => res.writeHead(404, { 'content-type': 'text/plain' }).end('no such page\n'));
}).listen(process.env.PORT);
