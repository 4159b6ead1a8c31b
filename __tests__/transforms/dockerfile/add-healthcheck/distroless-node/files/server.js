const server = http.createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok');
  response.end('hello');
});
server.listen(3000);
