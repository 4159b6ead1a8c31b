import { ANA } from './daemons/ana.js';

/** A unit that works, and what verify has to find of its hardened variant. */
interface Case {
  readonly name: string;
  /** The user whose systemd runs it; the machine's own by default. */
  readonly owner?: string;
  /** What is done before; `/opt/trial` holds the programs. */
  readonly prepare?: readonly (readonly string[])[];
  /** The lines of [Service]. */
  readonly original: readonly string[];
  /** A check of the user's own. */
  readonly smoke?: string;
  /** The setting that has to be named, and no other. */
  readonly cause: string;
}

/** A unit that works, and a variant of it with one thing wrong among others that are right. */
export interface WrongCase extends Case {
  /** What the hardened variant adds. */
  readonly adds: readonly string[];
  /** What it takes out. */
  readonly removes?: readonly string[];
  /** What the mended unit has to say, and what not. */
  readonly mended?: RegExp;
  readonly lost?: RegExp;
}

/** A unit of which harden itself makes a variant that fails: by what is not in the folder. */
export interface PlanCase extends Case {
  /** What a preview has to say once the mend is in the project's configuration. */
  readonly shows: readonly RegExp[];
  readonly lost?: RegExp;
}

/** Settings that none of the programs minds. */
const RIGHT = ['LockPersonality=yes', 'ProtectClock=yes', 'ProtectHostname=yes', 'RestrictRealtime=yes'];
const ALSO_RIGHT = [
  'KeyringMode=private',
  'ProtectKernelModules=yes',
  'UMask=0077',
  'ProtectControlGroups=yes',
];

const python = (...words: readonly string[]): string => ['/usr/bin/python3', ...words].join(' ');
/** Notes that it runs in a file, and answers at a port. */
const serve = (port: number, state = '-'): string =>
  `ExecStart=${python('/opt/trial/serve.py', String(port), state)}`;

const wrong = (...lines: readonly string[]): readonly string[] => [...RIGHT, ...lines, ...ALSO_RIGHT];

export const WRONG_CASES: readonly WrongCase[] = [
  {
    name: 'no executable memory for node',
    original: ['ExecStart=/usr/bin/node /opt/trial/serve.mjs 8101'],
    adds: wrong('MemoryDenyWriteExecute=yes'),
    cause: 'MemoryDenyWriteExecute',
    lost: /^MemoryDenyWriteExecute/m,
  },
  {
    name: 'a user in a user unit',
    owner: 'ana',
    prepare: [
      ...ANA,
      ['systemctl', 'start', 'systemd-logind.service'],
      ['loginctl', 'enable-linger', 'ana'],
      ['sh', '-c', 'until test -S /run/user/1000/systemd/private; do sleep 0.1; done'],
    ],
    original: [serve(8102)],
    adds: ['LockPersonality=yes', 'User=www-data', 'RestrictRealtime=yes', 'UMask=0077'],
    cause: 'User',
    lost: /^User=/m,
  },
  {
    name: 'a daemon that can not step down',
    original: [
      'Type=forking',
      'PIDFile=/run/nginx.pid',
      "ExecStart=/usr/sbin/nginx -g 'daemon on; master_process on;'",
      'ExecStop=-/sbin/start-stop-daemon --quiet --stop --retry QUIT/5 --pidfile /run/nginx.pid',
    ],
    adds: wrong('CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_DAC_OVERRIDE CAP_CHOWN'),
    smoke: 'curl -fsS --max-time 2 http://127.0.0.1/',
    cause: 'CapabilityBoundingSet',
    mended: /^CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_DAC_OVERRIDE CAP_CHOWN CAP_SETGID CAP_SETUID$/m,
  },
  {
    name: 'a path that it writes',
    prepare: [['mkdir', '-p', '/srv/trial/state']],
    original: [serve(8103, '/srv/trial/state/runs')],
    adds: wrong('ProtectSystem=strict'),
    cause: 'ProtectSystem',
    mended: /^ProtectSystem=strict$[^]*^ReadWritePaths=\/srv\/trial\/state$/m,
  },
  {
    name: 'a path that is missing',
    original: [serve(8104)],
    adds: wrong('ReadWritePaths=/srv/missing'),
    cause: 'ReadWritePaths',
    mended: /^ReadWritePaths=-\/srv\/missing$/m,
  },
  {
    name: 'no network for a server',
    original: [serve(8105)],
    adds: wrong('PrivateNetwork=yes'),
    cause: 'PrivateNetwork',
    lost: /^PrivateNetwork/m,
  },
  {
    name: 'a state in a home',
    prepare: [['mkdir', '-p', '/home/trial/state']],
    original: [serve(8106, '/home/trial/state/runs')],
    adds: wrong('ProtectHome=yes'),
    cause: 'ProtectHome',
    lost: /^ProtectHome/m,
  },
  {
    name: 'a home that it may only read',
    prepare: [['mkdir', '-p', '/home/trial/state']],
    original: [serve(8107, '/home/trial/state/runs')],
    adds: wrong('ProtectHome=read-only'),
    cause: 'ProtectHome',
    mended: /^ProtectHome=read-only$[^]*^ReadWritePaths=\/home\/trial\/state$/m,
  },
  {
    name: 'no calls for the network',
    original: [serve(8108)],
    adds: wrong('SystemCallFilter=~@network-io'),
    cause: 'SystemCallFilter',
  },
  {
    name: 'a change of owner that is refused',
    prepare: [['mkdir', '-p', '/srv/trial/owned']],
    original: [`ExecStartPre=/bin/chown -v daemon /srv/trial/owned`, serve(8109)],
    adds: wrong('SystemCallFilter=@system-service', 'SystemCallFilter=~@privileged @resources'),
    cause: 'SystemCallFilter',
    mended: /^SystemCallFilter=@chown$/m,
  },
  {
    name: 'nothing that may be executed',
    original: [serve(8110)],
    adds: wrong('NoExecPaths=/'),
    cause: 'NoExecPaths',
    lost: /^NoExecPaths/m,
  },
  {
    name: 'a device that is hidden',
    // As udev names devices for services.
    prepare: [['ln', '-s', '/dev/zero', '/dev/trial']],
    original: [`ExecStartPre=/usr/bin/head -c 1 /dev/trial`, serve(8111)],
    adds: wrong('PrivateDevices=yes'),
    cause: 'PrivateDevices',
    lost: /^PrivateDevices/m,
  },
  {
    name: 'no internet sockets',
    original: [serve(8112)],
    adds: wrong('RestrictAddressFamilies=AF_UNIX'),
    cause: 'RestrictAddressFamilies',
    mended: /^RestrictAddressFamilies=AF_INET$/m,
  },
  {
    name: 'a dynamic user whose files are of another',
    prepare: [
      ['mkdir', '-p', '/srv/trial/private'],
      ['chmod', '700', '/srv/trial/private'],
    ],
    original: [serve(8113, '/srv/trial/private/runs')],
    adds: ['LockPersonality=yes', 'DynamicUser=yes', 'UMask=0077'],
    cause: 'DynamicUser',
    lost: /^DynamicUser/m,
  },
  {
    name: 'no addresses that may be talked to',
    original: [serve(8114)],
    adds: wrong('IPAddressDeny=any'),
    cause: 'IPAddressDeny',
    lost: /^IPAddressDeny/m,
  },
  {
    name: 'a low port without its capability',
    original: [serve(81), 'User=www-data', 'AmbientCapabilities=CAP_NET_BIND_SERVICE'],
    adds: wrong(),
    removes: ['AmbientCapabilities=CAP_NET_BIND_SERVICE'],
    cause: '-AmbientCapabilities',
    mended: /^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m,
  },
  {
    name: 'a low port for another user',
    original: [serve(82)],
    adds: wrong('User=www-data'),
    cause: 'User',
    mended: /^User=www-data$[^]*^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m,
  },
  {
    name: 'a runtime directory that is gone',
    original: [serve(8115, '/run/trial/runs'), 'RuntimeDirectory=trial'],
    adds: wrong(),
    removes: ['RuntimeDirectory=trial'],
    cause: '-RuntimeDirectory',
    mended: /^RuntimeDirectory=trial$/m,
  },
  {
    name: 'a runtime directory that only root makes',
    original: [
      serve(8116, '/run/made/runs'),
      'ExecStartPre=/bin/mkdir -p /run/made',
      'ExecStopPost=/bin/rm -rf /run/made',
    ],
    adds: wrong('User=www-data'),
    cause: 'User',
    mended: /^User=www-data$[^]*^RuntimeDirectory=made$/m,
  },
  {
    name: 'a report that can not be written',
    prepare: [['mkdir', '-p', '/srv/trial/reports']],
    original: ['Type=oneshot', "ExecStart=/bin/sh -c 'date >/srv/trial/reports/latest'"],
    adds: wrong('ReadOnlyPaths=/srv'),
    cause: 'ReadOnlyPaths',
    mended: /^ReadWritePaths=\/srv\/trial\/reports$/m,
  },
];

export const PLAN_CASES: readonly PlanCase[] = [
  {
    name: 'a path that only a file of the machine names',
    prepare: [
      ['install', '-d', '-o', 'www-data', '/srv/trial/kept'],
      ['sh', '-c', 'echo /srv/trial/kept/runs >/opt/trial/place'],
    ],
    original: [
      `ExecStart=${python('/opt/trial/keep.py', '8117', '/opt/trial/place')}`,
      ...['User=www-data', 'StateDirectory=trial'],
    ],
    cause: 'ProtectSystem',
    shows: [
      /^\+ProtectSystem=strict$/m,
      /^\+ReadWritePaths=.*\/srv\/trial\/kept(?: |$)/m,
      /harden\.config\.yml:\d+: writable: \[\/srv\/trial\/kept\]/,
    ],
  },
  {
    name: 'a program that makes machine code',
    original: [`ExecStart=${python('/opt/trial/generate.py', '8118')}`],
    cause: 'MemoryDenyWriteExecute',
    shows: [
      /^\+LockPersonality=yes$/m,
      /left out by harden\.config\.yml:\d+: /,
      /harden\.config\.yml:\d+: skip: \[systemd\/deny-write-execute\]/,
    ],
    lost: /^\+MemoryDenyWriteExecute/m,
  },
];

/** What the cases start. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  '/opt/trial/serve.py': `import http.server, sys
port, state = int(sys.argv[1]), sys.argv[2]
if state != '-':
    with open(state, 'a') as runs: runs.write('once\\n')
http.server.HTTPServer(('127.0.0.1', port), http.server.SimpleHTTPRequestHandler).serve_forever()
`,
  '/opt/trial/keep.py': `import http.server, sys
port, place = int(sys.argv[1]), open(sys.argv[2]).read().strip()
with open(place, 'a') as runs: runs.write('once\\n')
http.server.HTTPServer(('127.0.0.1', port), http.server.SimpleHTTPRequestHandler).serve_forever()
`,
  '/opt/trial/generate.py': `import http.server, mmap, sys
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
`,
  '/opt/trial/serve.mjs': `import { createServer } from 'node:http';
createServer((_, answer) => answer.end('here')).listen(Number(process.argv[2]), '127.0.0.1');
`,
};

/** A unit with these lines in [Service]. */
export function unitText(lines: readonly string[]): string {
  return `[Unit]\nDescription=A trial\n\n[Service]\n# What it starts.\n${lines.join('\n')}\n`;
}
