import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
const { price } = require('@shop/shared');
const ms = require('ms');

const sql = join(__dirname, '..', 'sql');
const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));

createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  if (request.url === '/schema') {
    response.end(JSON.stringify(readdirSync(sql).map((name) => readFileSync(join(sql, name), 'utf8').trim())));
  } else if (request.url === '/price') {
    response.end(JSON.stringify({ version, price: price(1999), ttl: ms(60000) }));
  } else {
    response.statusCode = 404;
    response.end('{}');
  }
}).listen(5000);
