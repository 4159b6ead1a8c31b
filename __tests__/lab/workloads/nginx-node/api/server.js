const http = require('node:http');

const items = [];

http
  .createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/items') {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        items.push({ bytes: body.length, from: request.headers['x-forwarded-for'] !== undefined });
        response.writeHead(201).end(JSON.stringify(items.at(-1)));
      });
      return;
    }
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ path: request.url, items: items.length }));
  })
  .listen(Number(process.env.PORT ?? 3000), () => console.log('listening'));
