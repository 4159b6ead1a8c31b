const http = require('node:http');

http
  .createServer((request, response) => response.end(`user ${process.getuid()} at ${request.url}\n`))
  .listen(80, () => console.log('on port 80'));
