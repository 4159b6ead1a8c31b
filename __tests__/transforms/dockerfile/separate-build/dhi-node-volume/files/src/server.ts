import { createServer } from 'node:http';

createServer((_, response) => response.end('ok')).listen(3000);
