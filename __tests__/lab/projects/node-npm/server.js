const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const Mustache = require('mustache');
const { version } = require('./package.json');

const dataDir = process.env.DATA_DIR || path.join(__dirname, 'data');
fs.mkdirSync(dataDir, { recursive: true });
const database = path.join(dataDir, 'notes.json');

const migrations = fs.readdirSync(path.join(__dirname, 'migrations')).sort();
if (!fs.existsSync(database)) fs.writeFileSync(database, '[]');

const template = fs.readFileSync(path.join(__dirname, 'templates/index.mustache'), 'utf8');

const server = http.createServer((req, res) => {
  const notes = JSON.parse(fs.readFileSync(database, 'utf8'));
  if (req.method === 'POST' && req.url === '/notes') {
    let body = '';
    req.on('data', (chunk) => (body += chunk));
    req.on('end', () => {
      notes.push(body);
      fs.writeFileSync(database, JSON.stringify(notes));
      res.writeHead(303, { location: '/' }).end();
    });
    return;
  }
  if (req.url === '/') {
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    res.end(Mustache.render(template, { version, notes, migrations }));
    return;
  }
  if (req.url === '/healthz') return res.writeHead(200).end('ok');
  res.writeHead(404).end('not found');
});

server.listen(process.env.PORT || 3000);
