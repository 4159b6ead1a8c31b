const http = require('http');
const { version } = require('./package.json');
const { increment } = require('./build/Release/counter.node');

const file = process.env.DATABASE || '/tmp/counter.sqlite';

http
  .createServer((req, res) => {
    if (req.url !== '/') return res.writeHead(404).end();
    const hits = increment(file);
    res.writeHead(hits < 0 ? 500 : 200, { 'content-type': 'text/plain' });
    res.end(`counter ${version}: ${hits}\n`);
  })
  .listen(3000);
