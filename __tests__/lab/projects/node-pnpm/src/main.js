import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import escapeHtml from 'escape-html';
import pc from 'picocolors';
import { products } from './products.js';

const page = readFileSync('views/page.html', 'utf8');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost');
  console.log(`${pc.green(req.method)} ${pathname}`);
  if (pathname !== '/') return res.writeHead(404, { 'content-type': 'text/plain' }).end('no such page');
  const query = searchParams.get('q') ?? '';
  const found = products.filter((name) => name.includes(query)).map((name) => `<li>${escapeHtml(name)}</li>`);
  res.writeHead(200, { 'content-type': 'text/html' });
  res.end(page.replace('{items}', found.join('')).replace('{query}', escapeHtml(query)).replace('{version}', version));
}).listen(3000);
