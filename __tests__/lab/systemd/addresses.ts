import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DROP_IN } from '../../../src/drop-in.js';
import { harden } from '../../support/command.js';
import { boot, type Container } from './container.js';
import type { VerifyTrial } from './verify.js';

/** Addresses of the machine that are not the loopback's: a client may come from one, and a server be at the other. */
const [PERMITTED, OTHER] = ['10.9.0.2', '10.9.0.3'];
const RESULT = '/run/reached';

/** Answers whoever comes, at a socket of its own or at one that it was handed. */
const SERVE = `import os, socket
if os.environ.get("LISTEN_FDS"):
    server = socket.socket(fileno=3)
else:
    server = socket.create_server(("0.0.0.0", 7000))
while True:
    client, _ = server.accept()
    client.sendall(b"ok")
    client.close()
`;

/** Prints what came of each: FROM TO:PORT. */
const REACH = `import socket, sys
for pair in sys.argv[1:]:
    source, host, port = pair.split("/")
    try:
        with socket.create_connection((host, int(port)), 2, ("" if source == "any" else source, 0)) as it:
            print(pair, it.recv(2).decode() or "closed")
    except OSError as error:
        print(pair, "nothing")
`;

const reach = (...pairs: readonly string[]): string =>
  `/usr/bin/python3 /opt/lab/reach.py ${pairs.join(' ')}`;

const CLIENT = `[Service]
Type=oneshot
ExecStart=${reach(`any/${PERMITTED}/7000`, `any/${OTHER}/7000`, 'any/127.0.0.1/7000')}
StandardOutput=truncate:${RESULT}
`;
const HANDED = `[Service]
ExecStart=/usr/bin/python3 /opt/lab/serve.py
`;

/** A recording without gaps, as `harden learn` keeps it. */
function needsOf(unit: string, connects: string): string {
  return `version: 1
workloads:
  - file: ${unit}
    recordings:
      - { source: strace, date: 2026-11-26, lines: 900 }
    system-calls: connect execve mmap socket
    executes: [/usr/bin/python3]
    families: [AF_INET]
${connects}`;
}

/** The lines of a unit's drop-in about addresses, as the built command line writes it from a recording. */
async function linesFor(unit: string, text: string, connects: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'harden-lab-addresses-'));
  try {
    const path = join(folder, unit);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    writeFileSync(join(folder, 'harden.needs.yml'), needsOf(unit, connects));
    const { code, stderr } = await harden(folder, ['--write', '--drop-in', '--phase', '3', unit]);
    if (code !== 0) throw new Error(`harden: exit code ${code}: ${stderr}`);
    const written = join(folder, `${unit}.d`, DROP_IN);
    const lines = existsSync(written) ? readFileSync(written, 'utf8').split('\n') : [];
    return lines.filter((line) => line.startsWith('IPAddress'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A unit with the addresses of a recording reaches them and no other; and what comes in at a socket that the manager
 * hands over is not refused by what the service's own sockets may reach.
 */
export async function tryAddresses(root: string): Promise<readonly VerifyTrial[]> {
  const container = await boot(root);
  try {
    for (const address of [PERMITTED, OTHER])
      await container.must(['ip', 'address', 'add', `${address}/32`, 'dev', 'lo']);
    await container.write('/opt/lab/serve.py', SERVE);
    await container.write('/opt/lab/reach.py', REACH);
    await container.must(['systemd-run', '--unit=lab-server', 'python3', '/opt/lab/serve.py']);
    return [await tryClient(container), await tryHanded(container)];
  } finally {
    await container.stop();
  }
}

async function tryClient(container: Container): Promise<VerifyTrial> {
  const unit = 'lab-client.service';
  const lines = await linesFor(
    unit,
    CLIENT,
    `    connects: ["tcp ${PERMITTED}:7000", "tcp 127.0.0.1:7000"]\n`,
  );
  await install(container, unit, CLIENT, []);
  const before = await reached(container, unit);
  await install(container, unit, CLIENT, lines);
  const after = await reached(container, unit);
  const right =
    lines.join() === `IPAddressDeny=any,IPAddressAllow=localhost ${PERMITTED}` &&
    before.join() === 'ok,ok,ok' &&
    after.join() === 'ok,nothing,ok';
  return verdict('addresses of a recording', `${lines.join(', ')}: ${after.join(', ')}`, right, before);
}

async function tryHanded(container: Container): Promise<VerifyTrial> {
  const unit = 'lab-handed.service';
  const lines = await linesFor(unit, HANDED, '    connects: ["tcp 127.0.0.1:7000"]\n');
  await container.write('/etc/systemd/system/lab-handed.socket', '[Socket]\nListenStream=0.0.0.0:7001\n');
  await install(container, unit, HANDED, lines);
  await container.must(['systemctl', 'start', 'lab-handed.socket']);
  const words = reach(`${OTHER}/${PERMITTED}/7001`).split(' ');
  const came = (await container.must(words)).replace(/^\S+ /, '');
  const right = lines.join() === 'IPAddressDeny=any,IPAddressAllow=localhost' && came === 'ok';
  return verdict('addresses and a socket of the manager', `${lines.join(', ')}: ${came}`, right, []);
}

function verdict(name: string, says: string, right: boolean, before: readonly string[]): VerifyTrial {
  return { name, says, fault: right ? undefined : `${says}; before: ${before.join(', ')}` };
}

/** Puts the unit in place, with these lines and nothing else of what harden writes. */
async function install(
  container: Container,
  unit: string,
  text: string,
  lines: readonly string[],
): Promise<void> {
  await container.write(`/etc/systemd/system/${unit}`, text);
  await container.write(`/etc/systemd/system/${unit}.d/${DROP_IN}`, ['[Service]', ...lines, ''].join('\n'));
  await container.must(['systemctl', 'daemon-reload']);
}

async function reached(container: Container, unit: string): Promise<readonly string[]> {
  await container.must(['systemctl', 'start', unit]);
  const text = await container.must(['cat', RESULT]);
  return text.split('\n').map((line) => line.replace(/^\S+ /, ''));
}
