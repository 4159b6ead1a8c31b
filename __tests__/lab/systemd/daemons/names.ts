import { type Daemon, dig, reload, restart, step } from '../daemon.js';

const ADDRESS = /^192\.0\.2\.7$/;
const ZONE = `$TTL 60
@ SOA ns.lab.test. root.lab.test. 1 60 60 60 60
@ NS ns.lab.test.
ns A 127.0.0.1
www A 192.0.2.7
`;

const www = dig(['www.lab.test', 'A'], ADDRESS);
const wwwByTcp = dig(['www.lab.test', 'A', '+tcp'], ADDRESS);
/** Knot Resolver answers for no name below test, which is reserved. */
const internal = dig(['www.lab.internal', 'A'], ADDRESS);
const internalByTcp = dig(['www.lab.internal', 'A', '+tcp'], ADDRESS);
const added = dig(['added.lab.test', 'TXT'], /^"kept"$/);

/** Asks a time server as a client does, and prints its stratum. */
const ASK_TIME = `import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.sendto(b'\\x23' + bytes(47), ('127.0.0.1', 123))
print('stratum', s.recv(48)[1])
`;
const time = step('ask for the time', ['python3', '-c', ASK_TIME], /stratum 10/);

export const NAMES: readonly Daemon[] = [
  {
    name: 'unbound',
    packages: ['unbound', 'bind9-dnsutils'],
    unit: 'unbound.service',
    files: {
      '/etc/unbound/unbound.conf.d/lab.conf': `server:
  local-zone: "lab.test." static
  local-data: "www.lab.test. A 192.0.2.7"
`,
    },
    work: [
      www,
      wwwByTcp,
      step('add a record', ['unbound-control', 'local_data', 'added.lab.test. TXT kept'], /^ok$/),
      added,
      ...reload('unbound', www),
      ...restart('unbound', www),
    ],
  },
  {
    name: 'bind',
    packages: ['bind9', 'bind9-dnsutils'],
    unit: 'named.service',
    files: {
      '/etc/bind/named.conf.local': `zone "lab.test" {
  type primary;
  file "/var/lib/bind/lab.test";
  update-policy local;
};
`,
      '/var/lib/bind/lab.test': ZONE,
    },
    prepare: [['chown', 'bind', '/var/lib/bind/lab.test']],
    work: [
      www,
      wwwByTcp,
      {
        ...step('add a record', ['nsupdate', '-l']),
        input: 'zone lab.test\nupdate add added.lab.test 60 TXT kept\nsend\n',
      },
      added,
      step('write the zone', ['rndc', 'sync', '-clean', 'lab.test']),
      step('write its store', ['rndc', 'dumpdb', '-all']),
      step('its store is on the disk', ['test', '-s', '/var/cache/bind/named_dump.db']),
      ...reload('named', www),
      ...restart('named', added),
    ],
  },
  {
    name: 'dnsmasq',
    packages: ['dnsmasq', 'bind9-dnsutils'],
    unit: 'dnsmasq.service',
    files: {
      '/etc/dnsmasq.d/lab.conf': `no-resolv
addn-hosts=/etc/dnsmasq.hosts
dhcp-range=192.0.2.10,192.0.2.20,1h
log-facility=/var/log/dnsmasq.log
log-queries
`,
      '/etc/dnsmasq.hosts': '192.0.2.7 www.lab.test\n',
    },
    work: [
      www,
      wwwByTcp,
      ...reload('dnsmasq', www),
      ...restart('dnsmasq', www),
      step('its log is written', ['test', '-s', '/var/log/dnsmasq.log']),
      step('its leases are on the disk', ['test', '-e', '/var/lib/misc/dnsmasq.leases']),
    ],
  },
  {
    name: 'pdns',
    packages: ['pdns-server', 'pdns-backend-sqlite3', 'sqlite3', 'bind9-dnsutils', 'curl'],
    unit: 'pdns.service',
    files: {
      '/etc/powerdns/pdns.d/lab.conf': `launch=gsqlite3
gsqlite3-database=/var/lib/powerdns/pdns.sqlite3
local-address=127.0.0.1
api=yes
api-key=lab
webserver-address=127.0.0.1
`,
    },
    prepare: [
      ['rm', '-f', '/etc/powerdns/pdns.d/bind.conf'],
      [
        ...['sqlite3', '/var/lib/powerdns/pdns.sqlite3'],
        '.read /usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql',
      ],
      ['pdnsutil', 'create-zone', 'lab.test'],
      ['pdnsutil', 'add-record', 'lab.test', 'www', 'A', '60', '192.0.2.7'],
      ['chown', '-R', 'pdns:pdns', '/var/lib/powerdns'],
    ],
    work: [
      www,
      wwwByTcp,
      step('add a record', [
        ...['curl', '-sS', '--fail', '-X', 'PATCH', '-H', 'X-API-Key: lab', '--data'],
        JSON.stringify({
          rrsets: [
            {
              ...{ name: 'added.lab.test.', type: 'TXT', ttl: 60, changetype: 'REPLACE' },
              records: [{ content: '"kept"', disabled: false }],
            },
          ],
        }),
        'http://127.0.0.1:8081/api/v1/servers/localhost/zones/lab.test.',
      ]),
      added,
      step('control it', ['pdns_control', 'rping'], /PONG/),
      ...restart('pdns', added),
    ],
  },
  {
    name: 'knot-resolver',
    packages: ['knot-resolver', 'bind9-dnsutils', 'socat'],
    unit: 'kresd@1.service',
    file: 'kresd@.service',
    files: {
      '/etc/knot-resolver/kresd.conf': `net.listen('127.0.0.1', 53, { kind = 'dns' })
modules = { 'hints > iterate', 'stats' }
hints['www.lab.internal'] = '192.0.2.7'
cache.size = 10 * MB
`,
    },
    work: [
      internal,
      internalByTcp,
      ...restart('kresd@1', internal),
      step('its cache is on the disk', ['test', '-s', '/var/cache/knot-resolver/data.mdb']),
    ],
  },
  {
    name: 'chrony',
    packages: ['chrony'],
    unit: 'chrony.service',
    files: {
      // The machine's clock is not the container's to set.
      '/etc/default/chrony': 'DAEMON_OPTS="-F 1 -x"\n',
      '/etc/chrony/conf.d/lab.conf': 'allow 127.0.0.1\nlocal stratum 10\nlog tracking\n',
      '/etc/chrony/sources.d/lab.sources': 'server 127.0.0.1 iburst\n',
    },
    work: [
      time,
      step('control it', ['chronyc', '-n', 'sources'], /127\.0\.0\.1/),
      step('reload its sources', ['chronyc', 'reload', 'sources'], /200 OK/),
      step('write what it measured', ['chronyc', 'dump'], /200 OK/),
      ...restart('chrony', time),
    ],
  },
];
