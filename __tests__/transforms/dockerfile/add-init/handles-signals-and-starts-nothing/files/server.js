const server = require('http').createServer(answer).listen(3000);
process.on('SIGTERM', () => server.close());
