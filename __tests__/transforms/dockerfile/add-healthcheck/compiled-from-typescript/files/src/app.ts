const Fastify = require('fastify');

export function createApp() {
  const server = Fastify({ logger: true });
  server.get('/health/live', async () => ({ up: true }));
  return server;
}
