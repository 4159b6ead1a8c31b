import type { Engine } from '../engine.js';

/** The hosts of the lab's world, of which a project may ask the first alone. */
export const HOSTS = ['allowed.example.com', 'other.example.com'] as const;
export type Host = (typeof HOSTS)[number];

/** Where each listens: for HTTP, where a proxy only passes bytes on, and where none is to lead. */
export const PORTS = [80, 443, 8080, 22] as const;

const IMAGE = 'python:3.11-slim';

/** Answers each connection with its name, as an answer of HTTP. */
const SERVER = `
import socketserver, sys, threading
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline().strip(): pass
        body = ('hello from ' + sys.argv[1]).encode()
        self.wfile.write(b'HTTP/1.0 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s' % (len(body), body))
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
servers = [Server(('', int(port)), Handler) for port in sys.argv[2:]]
for server in servers[1:]: threading.Thread(target=server.serve_forever).start()
servers[0].serve_forever()
`;

/** Hosts on a network by their names, as they would be in the internet; returns the address of each. */
export async function startOutside(
  engine: Engine,
  project: string,
  network: string,
): Promise<ReadonlyMap<Host, string>> {
  const found = new Map<Host, string>();
  for (const host of HOSTS) {
    const name = containerOf(project, host);
    await engine.must([
      ...['run', '--detach', '--name', name, '--network', network, '--network-alias', host, '--init', IMAGE],
      ...['python3', '-c', SERVER, host, ...PORTS.map(String)],
    ]);
    const asked = await engine.must([
      ...['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', name],
    ]);
    found.set(host, asked.trim());
  }
  return found;
}

export async function stopOutside(engine: Engine, project: string): Promise<void> {
  for (const host of HOSTS) await engine.call(['rm', '--force', containerOf(project, host)]);
}

function containerOf(project: string, host: Host): string {
  return `${project}-${host.split('.')[0]!}`;
}
