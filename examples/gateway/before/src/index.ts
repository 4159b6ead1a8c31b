import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCli } from './cli.js';
import { createGateway } from './server.js';

const USAGE = `Usage:
  node dist/index.js serve [--bind lan|loopback] [--port 18789]
  node dist/index.js cli list
  node dist/index.js cli add <text>`;

const HOSTS: Record<string, string> = { lan: '0.0.0.0', loopback: '127.0.0.1' };

function serve(bind: string, port: number): void {
  const host = HOSTS[bind];
  if (host === undefined) throw new Error(`--bind must be lan or loopback, not "${bind}"`);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error('--port must be a port number');

  const stateDir = process.env.GATEWAY_STATE_DIR || join(homedir(), '.gateway');
  const token = process.env.GATEWAY_TOKEN ?? '';
  if (token === '') console.warn('GATEWAY_TOKEN is not set: /notes will refuse every request');

  const server = createGateway({ stateDir, token });
  server.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  server.listen(port, host, () => {
    console.log(`gateway listening on ${host}:${port}, state in ${stateDir}`);
  });

  const stop = (signal: NodeJS.Signals): void => {
    console.log(`${signal}: closing`);
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    // Somebody may hold a connection open for longer than `docker stop` waits.
    setTimeout(() => process.exit(0), 5000).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function main(argv: string[]): Promise<void> {
  const [mode, ...rest] = argv;
  if (mode === 'serve') {
    const { values } = parseArgs({
      args: rest,
      options: { bind: { type: 'string' }, port: { type: 'string', default: '18789' } },
    });
    serve(values.bind ?? (process.env.GATEWAY_BIND || 'loopback'), Number(values.port));
  } else if (mode === 'cli' && (rest[0] === 'list' || rest[0] === 'add')) {
    await runCli(rest[0], rest.slice(1).join(' '));
  } else {
    console.error(USAGE);
    process.exitCode = 2;
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
