'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const bytes = require('bytes');
const mime = require('mime-types');

const assets = path.join(__dirname, '..', 'assets');
const config = JSON.parse(fs.readFileSync(path.join(__dirname, '..', 'config.json'), 'utf8'));
const scratch = fs.mkdtempSync('/tmp/feed-');

http
  .createServer((req, res) => {
    if (req.url === '/') {
      const text = JSON.stringify({ title: config.title, version: require('../package.json').version });
      fs.writeFileSync(path.join(scratch, 'last.json'), text);
      res.setHeader('content-type', 'application/json');
      return res.end(fs.readFileSync(path.join(scratch, 'last.json')));
    }
    const file = path.join(assets, path.basename(req.url));
    if (!fs.existsSync(file)) return res.writeHead(404).end();
    const content = fs.readFileSync(file);
    res.setHeader('content-type', mime.contentType(path.extname(file)) || 'application/octet-stream');
    res.setHeader('cache-control', `max-age=${bytes('1kb')}`);
    res.end(content);
  })
  .listen(process.env.PORT || 4000, () => console.log('listening'));
