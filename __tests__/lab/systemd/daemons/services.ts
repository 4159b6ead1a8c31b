import { type Daemon, get, reload, restart, rotate, step, talk } from '../daemon.js';
import { ANA } from './ana.js';

const syncthing = (path: string, shows: RegExp, ...options: readonly string[]) =>
  get(`http://127.0.0.1:8384/rest/${path}`, shows, '-H', 'X-API-Key: lab', ...options);
const synced = syncthing('db/status?folder=lab', /"globalFiles": 1,/);

const torControl = (request: string, shows: RegExp) =>
  step(
    `ask it: ${request}`,
    [
      'sh',
      '-c',
      'printf "AUTHENTICATE %s\\r\\n$0\\r\\nQUIT\\r\\n" "$(od -An -tx1 /run/tor/control.authcookie | tr -d " \\n")"' +
        ' | socat -t 2 - UNIX-CONNECT:/run/tor/control',
      request,
    ],
    shows,
  );
const torSocks = get('http://127.0.0.1:9050/', /this is a socks proxy/i, '--no-fail');
const torVersion = torControl('GETINFO version', /250-version=[\d.]+/);
const onionName = step('the name of the hidden service is kept', ['test', '-s', '/var/lib/tor/lab/hostname']);

const transmission = (name: string, args: readonly string[], shows: RegExp) =>
  step(name, ['transmission-remote', '--auth', 'transmission:transmission', ...args], shows);
const torrent = transmission('list', ['--list'], /(?<=100%.*Idle.*)shared\.txt/);

const relay = step(
  'relay packets',
  ['turnutils_uclient', '-u', 'lab', '-w', 'secret', '-y', '-n', '5', '-m', '1', '127.0.0.1'],
  /Total lost packets 0 /,
);

const FTP = 'ftp://ana:secret@127.0.0.1/kept.txt';
const ftpFile = get(FTP, /^kept$/);

/** Opens a session as an IRC client does, up to the server's welcome. */
const irc = (nick: string) =>
  talk(`greet as ${nick}`, 'TCP:127.0.0.1:6667', `NICK ${nick}\r\nUSER lab 0 * :Lab\r\n`, / 001 /);

const INSPIRCD_LOG =
  '<log method="file" type="* -USERINPUT -USEROUTPUT" level="debug" target="/var/log/inspircd.log">';

const STREAM =
  "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' " +
  "xmlns:stream='http://etherx.jabber.org/streams'>";
const xmpp = (name: string, request: string, shows: RegExp) =>
  talk(name, 'TCP:127.0.0.1:5222', `${STREAM}${request}`, shows);
const xmppOpens = xmpp('open a stream', '', /<stream:features>/);
const registration = (user: string) =>
  "<iq type='set' id='1'><query xmlns='jabber:iq:register'>" +
  `<username>${user}</username><password>secret</password></query></iq>`;

const zncPage = get('http://127.0.0.1:6680/', /ZNC/);

export const SERVICES: readonly Daemon[] = [
  {
    name: 'syncthing',
    packages: ['syncthing'],
    unit: 'syncthing@ana.service',
    file: 'syncthing@.service',
    files: {
      '/etc/systemd/system/syncthing@.service.d/lab.conf':
        '[Service]\nEnvironment=STGUIAPIKEY=lab STNOUPGRADE=1\n',
      '/home/ana/shared/kept.txt': 'kept\n',
    },
    prepare: [...ANA, ['chown', '-R', 'ana:ana', '/home/ana']],
    work: [
      syncthing('system/ping', /pong/),
      {
        ...step('share a folder', [
          ...['curl', '-sS', '--fail', '-H', 'X-API-Key: lab', '-X', 'PUT', '--data', '@-'],
          'http://127.0.0.1:8384/rest/config/folders/lab',
        ]),
        input: JSON.stringify({ id: 'lab', path: '/home/ana/shared' }),
      },
      synced,
      step('the folder is marked', ['test', '-d', '/home/ana/shared/.stfolder']),
      ...restart('syncthing@ana', synced),
    ],
  },
  {
    name: 'tor',
    packages: ['tor', 'socat'],
    unit: 'tor@default.service',
    files: {
      '/etc/tor/torrc': `Log notice file /var/log/tor/notices.log
SOCKSPort 9050
HiddenServiceDir /var/lib/tor/lab/
HiddenServicePort 80 127.0.0.1:80
`,
    },
    work: [
      torSocks,
      torVersion,
      onionName,
      ...reload('tor@default', torVersion),
      step('its log is written', ['test', '-s', '/var/log/tor/notices.log']),
      ...restart('tor@default', torVersion, onionName),
    ],
  },
  {
    name: 'transmission',
    packages: ['transmission-daemon', 'transmission-cli'],
    unit: 'transmission-daemon.service',
    files: { '/var/lib/transmission-daemon/downloads/shared.txt': 'shared\n' },
    prepare: [
      ['chown', '-R', 'debian-transmission:', '/var/lib/transmission-daemon/downloads'],
      [
        ...['transmission-create', '-o', '/srv/shared.torrent', '-t', 'http://127.0.0.1/announce'],
        '/var/lib/transmission-daemon/downloads/shared.txt',
      ],
    ],
    work: [
      transmission('add a torrent', ['--add', '/srv/shared.torrent'], /success/),
      transmission('verify it', ['--torrent', '1', '--verify'], /success/),
      torrent,
      ...reload('transmission-daemon', torrent),
      ...restart('transmission-daemon', torrent),
    ],
  },
  {
    name: 'coturn',
    packages: ['coturn'],
    unit: 'coturn.service',
    files: {
      '/etc/turnserver.conf': `listening-ip=127.0.0.1
relay-ip=127.0.0.1
allow-loopback-peers
cli-password=secret
lt-cred-mech
user=lab:secret
realm=lab.test
log-file=/var/log/turnserver/turn.log
simple-log
`,
    },
    prepare: [['install', '-d', '-o', 'turnserver', '/var/log/turnserver']],
    work: [
      relay,
      ...restart('coturn', relay),
      step('its log is written', ['test', '-s', '/var/log/turnserver/turn.log']),
    ],
  },
  {
    name: 'minidlna',
    packages: ['minidlna'],
    unit: 'minidlna.service',
    files: { '/etc/minidlna.conf': 'media_dir=/var/lib/minidlna\nnetwork_interface=lo\nroot_container=B\n' },
    prepare: [
      [
        'python3',
        '-c',
        "open('/var/lib/minidlna/lab.mp3', 'wb').write(b'ID3\\x03' + bytes(6) + b'\\xff\\xfb\\x90\\x00' * 500)",
      ],
    ],
    work: (() => {
      const page = get('http://127.0.0.1:8200/', /Audio files<\/td><td>1</);
      return [
        page,
        ...restart('minidlna', page),
        step('its store is on the disk', ['test', '-s', '/var/cache/minidlna/files.db']),
      ];
    })(),
  },
  {
    name: 'vsftpd',
    packages: ['vsftpd'],
    unit: 'vsftpd.service',
    files: {
      '/etc/vsftpd.conf': `listen=YES
local_enable=YES
write_enable=YES
xferlog_enable=YES
secure_chroot_dir=/var/run/vsftpd/empty
pam_service_name=vsftpd
`,
      '/srv/kept.txt': 'kept\n',
    },
    prepare: ANA,
    work: [
      step('put a file', ['curl', '-sS', '--upload-file', '/srv/kept.txt', FTP]),
      ftpFile,
      ...reload('vsftpd', ftpFile),
      ...rotate('vsftpd', '/var/log/vsftpd.log', ftpFile),
      ...restart('vsftpd', ftpFile),
    ],
  },
  {
    name: 'ngircd',
    packages: ['ngircd', 'socat'],
    unit: 'ngircd.service',
    files: {
      '/etc/ngircd/ngircd.conf': `[Global]
Name = irc.lab.test
Info = Lab
Listen = 127.0.0.1
MotdPhrase = hello
ServerGID = irc
ServerUID = irc
[Options]
DNS = no
Ident = no
PAM = no
`,
    },
    work: [irc('one'), ...reload('ngircd', irc('two')), ...restart('ngircd', irc('three'))],
  },
  {
    name: 'inspircd',
    packages: ['inspircd', 'socat'],
    unit: 'inspircd.service',
    prepare: [
      // No name server is there to be asked.
      ['sed', '-i', 's/<connect /&resolvehostnames="no" /', '/etc/inspircd/inspircd.conf'],
      ['sed', '-i', `$a ${INSPIRCD_LOG}`, '/etc/inspircd/inspircd.conf'],
    ],
    work: [
      irc('one'),
      ...reload('inspircd', irc('two')),
      ...rotate('inspircd', '/var/log/inspircd.log', irc('three')),
      ...restart('inspircd', irc('four')),
    ],
  },
  {
    name: 'prosody',
    packages: ['prosody', 'socat'],
    unit: 'prosody.service',
    files: {
      '/etc/prosody/prosody.cfg.lua': `modules_enabled = { "roster", "saslauth", "disco", "register", "posix" }
allow_registration = true
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
log = { info = "/var/log/prosody/prosody.log", error = "/var/log/prosody/prosody.err" }
pidfile = "/run/prosody/prosody.pid"
VirtualHost "localhost"
`,
    },
    work: [
      xmppOpens,
      xmpp('register', registration('ana'), /id='1'/),
      step('the account is on the disk', ['test', '-s', '/var/lib/prosody/localhost/accounts/ana.dat']),
      ...reload('prosody', xmppOpens),
      ...rotate('prosody', '/var/log/prosody/prosody.log', xmppOpens),
      ...restart('prosody', xmppOpens),
      xmpp('the account is kept', registration('ana'), /conflict/),
    ],
  },
  {
    name: 'znc',
    packages: ['znc'],
    unit: 'znc.service',
    files: {
      '/var/lib/znc/configs/znc.conf': `Version = 1.8.2
LoadModule = webadmin
<Listener l>
  Port = 6680
  IPv4 = true
  IPv6 = false
  SSL = false
</Listener>
<User ana>
  <Pass password>
    Method = plain
    Hash = secret
    Salt = none
  </Pass>
  Admin = true
  Nick = ana
</User>
`,
    },
    prepare: [['chown', '-R', '_znc:_znc', '/var/lib/znc']],
    work: [
      zncPage,
      get('http://127.0.0.1:6680/mods/global/webadmin/listusers', /ana/, '--user', 'ana:secret'),
      talk(
        'log in',
        'TCP:127.0.0.1:6680',
        'PASS ana:secret\r\nNICK ana\r\nUSER ana 0 * :a\r\nPRIVMSG *status :SaveConfig\r\n',
        /Wrote config/,
      ),
      ...restart('znc', zncPage),
    ],
  },
];
