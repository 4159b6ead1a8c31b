import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines } from '../../../src/io/process.js';
import { harden } from '../../support/command.js';
import { createChecks } from '../checks.js';
import { removeProject, startProject, type ComposeProject } from '../compose-project.js';
import { controlsOf, serviceOf } from '../controls.js';
import type { Engine } from '../engine.js';
import type { Check } from '../trial.js';
import type { Step } from '../workload.js';
import { startOutside, stopOutside, type Host } from './outside.js';

const PROJECT = fileURLToPath(new URL('project', import.meta.url));
const NAME = 'lab-egress';
const WEB = 'http://127.0.0.1:21030';

/** Connects by TCP from within a container, through no proxy; perl is in every image of the lab. */
const CONNECT = `
use IO::Socket::INET;
my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 3);
print $s ? "reached\\n" : "failed: $@\\n";
`;

/** Asks a proxy for a tunnel, and through it for a page; prints the first line and the last of what comes back. */
const TUNNEL = `
import socket, sys
s = socket.create_connection(('egress-proxy', 3128), 5)
s.sendall(f'CONNECT {sys.argv[1]} HTTP/1.1\\r\\nHost: {sys.argv[1]}\\r\\n\\r\\n'.encode())
first = s.recv(4096).split(b'\\r\\n')[0].decode()
print(first)
if ' 200 ' in first:
    s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
    print(s.recv(4096).decode().splitlines()[-1])
`;

/** Runs the project as it is and as harden leaves it, among hosts that it may reach and others. */
export async function tryEgress(engine: Engine, signal: AbortSignal): Promise<readonly Check[]> {
  const temporary = mkdtempSync(join(tmpdir(), 'harden-lab-egress-'));
  const { check, checks } = createChecks();
  const end = async (): Promise<void> => {
    await stopOutside(engine, NAME);
    await removeProject(engine, NAME, temporary);
  };
  const start = async (file: string): Promise<readonly [ComposeProject, ReadonlyMap<Host, string>]> => {
    const project = await startProject(engine, NAME, folder, file, '1s', signal);
    await project.untilUp();
    return [project, await startOutside(engine, NAME, `${NAME}_default`)];
  };
  const folder = join(temporary, 'project');
  try {
    cpSync(PROJECT, folder, { recursive: true });
    const works = await check('the original works, and reaches every host', async () => {
      const [project, addresses] = await start('docker-compose.yml');
      await project.take([...INSIDE, ...before(addresses)]);
    });
    await end();
    const written = works && (await check('harden writes it', () => hardenCopy(folder)));
    if (!written) return checks;
    let running: readonly [ComposeProject, ReadonlyMap<Host, string>] | undefined;
    const up = await check('it works hardened', async () => {
      running = await start('docker-compose.hardened.yml');
      await running[0].take(INSIDE);
    });
    if (!up || running === undefined) return checks;
    const [project, addresses] = running;
    for (const step of after(addresses)) await check(step.name, () => project.take([step]));
    await check('the proxy tells what it refused, and is no root', async () => {
      const log = await project.log();
      if (!/TCP_DENIED\/403 .* other\.example\.com/.test(log))
        throw new Error(`its log:\n${lastLines(log, 8)}`);
      const proxy = (await project.containers()).find((one) => serviceOf(one) === 'egress-proxy')!;
      const { processes, readOnly } = await controlsOf(engine, proxy);
      const [first] = processes;
      if (!readOnly || first?.uid !== 13 || first.bounding.length > 0 || !first.noNewPrivileges)
        throw new Error(JSON.stringify({ readOnly, processes }));
    });
    return checks;
  } finally {
    await end();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Runs the built command line on the copy, as a user would. */
async function hardenCopy(folder: string): Promise<void> {
  const { code, stdout, stderr } = await harden(folder, ['--write', '--phase', '3', '--skip', 'pin-image']);
  if (code !== 0) throw new Error(`harden: exit code ${code}: ${lastLines(stderr || stdout)}`);
  if (!existsSync(join(folder, 'egress', 'squid.conf'))) throw new Error(`no proxy:\n${lastLines(stdout)}`);
}

/** What has to work as it is and hardened: the way in, and to each other. */
const INSIDE: readonly Step[] = [
  { name: 'the web reaches the store', in: 'host', run: ['curl', '-sS', `${WEB}/store`], shows: '^\\+PONG' },
  fromWorker('the worker reaches the store', '/store', '^\\+PONG'),
];

function fetchBy(name: string, url: string, shows: string): Step {
  return { name, in: 'host', run: ['curl', '-sS', `${WEB}/fetch?${url}`], shows };
}

/** Asks the worker in its own container. */
function fromWorker(name: string, path: string, shows: string): Step {
  const ask = `import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000${path}').read().decode())`;
  return { name, in: 'worker', run: ['python3', '-c', ask], shows };
}

function connect(name: string, service: string, address: string, shows: string): Step {
  return { name, in: service, run: ['perl', '-e', CONNECT, address, '80'], shows };
}

function before(addresses: ReadonlyMap<Host, string>): readonly Step[] {
  const other = addresses.get('other.example.com')!;
  return [
    fetchBy('the app reaches the one', 'http://allowed.example.com/', '^200 hello from allowed'),
    fetchBy('the app reaches the other', 'http://other.example.com/', '^200 hello from other'),
    fromWorker('the worker reaches it', '/fetch?http://other.example.com/', '^200 hello from other'),
    connect('the store reaches it', 'store', other, '^reached'),
  ];
}

function after(addresses: ReadonlyMap<Host, string>): readonly Step[] {
  const [allowed, other] = [addresses.get('allowed.example.com')!, addresses.get('other.example.com')!];
  const tunnel = (to: string, shows: string): Step => ({
    name: `a tunnel to ${to}: ${shows.includes('200') ? 'opened' : 'refused'}`,
    in: 'app',
    run: ['python3', '-c', TUNNEL, to],
    shows,
  });
  return [
    fetchBy(
      'the app reaches the host that is named',
      'http://allowed.example.com/',
      '^200 hello from allowed',
    ),
    fetchBy('on the port that is named', 'http://allowed.example.com:8080/', '^200 hello from allowed'),
    tunnel('allowed.example.com:443', '200[\\s\\S]*hello from allowed'),
    tunnel('allowed.example.com:22', ' 403 '),
    tunnel('other.example.com:443', ' 403 '),
    tunnel(`${other}:443`, ' 403 '),
    fetchBy('the app does not reach the other', 'http://other.example.com/', '^403'),
    connect('nor without the proxy', 'app', other, '^failed'),
    connect('nor the named one without the proxy', 'app', allowed, '^failed'),
    fromWorker('the worker reaches neither', '/fetch?http://allowed.example.com/', '^failed'),
    connect('nor by its address', 'worker', allowed, '^failed'),
    connect('nor does the proxy serve it', 'worker', 'egress-proxy', '^failed'),
    connect('the store reaches neither', 'store', allowed, '^failed'),
    connect('nor the other', 'store', other, '^failed'),
  ];
}
