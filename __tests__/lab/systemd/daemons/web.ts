import { type Daemon, get, reload, restart, rotate, step, talk } from '../daemon.js';

/** What the proxies stand before: a server in a unit of its own, which nothing hardens. */
const BACKEND = {
  page: { '/srv/backend/index.html': 'from the backend\n' },
  start: [
    ...['systemd-run', '--quiet', '--unit=backend', '--working-directory=/srv/backend'],
    ...['python3', '-m', 'http.server', '--bind', '127.0.0.1', '8000'],
  ],
} as const;

const FROM_BACKEND = /from the backend/;

const nginxPage = get('http://127.0.0.1/', /Welcome to nginx!/);
const apachePage = get('http://127.0.0.1/', /Apache2 Debian Default Page/);
const lighttpdPage = get('http://127.0.0.1/', /served by lighttpd/);
const haproxyPage = get('http://127.0.0.1:8080/', FROM_BACKEND);
const varnishPage = get('http://127.0.0.1:6081/', FROM_BACKEND);
const squidPage = get('http://127.0.0.1:8000/', FROM_BACKEND, '--proxy', 'http://127.0.0.1:3128');
const stunnelPage = get('https://127.0.0.1:8443/', FROM_BACKEND, '--insecure');

export const WEB: readonly Daemon[] = [
  {
    name: 'nginx',
    packages: ['nginx-light'],
    unit: 'nginx.service',
    files: {
      '/etc/nginx/sites-enabled/default': `server {
  listen 80 default_server;
  root /var/www/html;
  index index.nginx-debian.html;
  location /upload {
    client_body_in_file_only clean;
    proxy_method GET;
    proxy_pass http://127.0.0.1:80/;
  }
}
`,
    },
    work: [
      nginxPage,
      // Goes by way of a temporary file.
      get('http://127.0.0.1/upload', /Welcome to nginx!/, '--data-binary', '@/usr/bin/curl'),
      ...reload('nginx', nginxPage),
      ...rotate('nginx', '/var/log/nginx/access.log', nginxPage),
      ...restart('nginx', nginxPage),
    ],
  },
  {
    name: 'apache',
    packages: ['apache2'],
    unit: 'apache2.service',
    work: [
      apachePage,
      ...reload('apache2', apachePage),
      ...rotate('apache2', '/var/log/apache2/access.log', apachePage),
      ...restart('apache2', apachePage),
    ],
  },
  {
    name: 'lighttpd',
    packages: ['lighttpd'],
    unit: 'lighttpd.service',
    files: {
      '/var/www/html/index.html': 'served by lighttpd\n',
      '/etc/lighttpd/conf-enabled/10-accesslog.conf': `server.modules += ( "mod_accesslog" )
accesslog.filename = "/var/log/lighttpd/access.log"
`,
    },
    work: [
      lighttpdPage,
      ...reload('lighttpd', lighttpdPage),
      ...rotate('lighttpd', '/var/log/lighttpd/access.log', lighttpdPage),
      ...restart('lighttpd', lighttpdPage),
    ],
  },
  {
    name: 'haproxy',
    packages: ['haproxy', 'socat'],
    unit: 'haproxy.service',
    files: {
      ...BACKEND.page,
      '/etc/haproxy/haproxy.cfg': `global
  log /dev/log local0
  chroot /var/lib/haproxy
  stats socket /run/haproxy/admin.sock mode 660 level admin
  user haproxy
  group haproxy
  daemon

defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 5s
  timeout server 5s

frontend www
  bind 127.0.0.1:8080
  default_backend app

backend app
  server one 127.0.0.1:8000 check
`,
    },
    prepare: [BACKEND.start],
    work: [
      haproxyPage,
      talk(
        'ask its socket',
        'UNIX-CONNECT:/run/haproxy/admin.sock',
        'show servers state app\n',
        / app 1 one 127/,
      ),
      ...reload('haproxy', haproxyPage),
      ...restart('haproxy', haproxyPage),
    ],
  },
  {
    name: 'varnish',
    packages: ['varnish'],
    unit: 'varnish.service',
    files: {
      ...BACKEND.page,
      '/etc/varnish/default.vcl': `vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "8000"; }
`,
    },
    prepare: [BACKEND.start],
    work: [
      varnishPage,
      step('ask it to forget a page', ['varnishadm', 'ban', 'req.url', '==', '/']),
      step('read its shared log', ['varnishstat', '-1', '-f', 'MAIN.backend_fail'], /MAIN.backend_fail +0/),
      ...reload('varnish', varnishPage),
      ...restart('varnish', varnishPage),
    ],
  },
  {
    name: 'squid',
    packages: ['squid'],
    unit: 'squid.service',
    files: {
      ...BACKEND.page,
      '/etc/squid/conf.d/lab.conf': `visible_hostname lab
shutdown_lifetime 1 seconds
cache_dir ufs /var/spool/squid 16 16 16
`,
    },
    prepare: [BACKEND.start],
    work: [
      squidPage,
      ...reload('squid', squidPage),
      ...rotate('squid', '/var/log/squid/access.log', squidPage),
      ...restart('squid', squidPage),
      step('its store is on the disk', ['test', '-s', '/var/spool/squid/swap.state']),
    ],
  },
  {
    name: 'stunnel',
    packages: ['stunnel4', 'openssl'],
    unit: 'stunnel@lab.service',
    file: 'stunnel@.service',
    files: {
      ...BACKEND.page,
      '/etc/stunnel/lab.conf': `cert = /etc/stunnel/lab.pem
foreground = yes
output = /var/log/stunnel4/lab.log
setuid = stunnel4
setgid = stunnel4

[https]
accept = 127.0.0.1:8443
connect = 127.0.0.1:8000
`,
    },
    prepare: [
      BACKEND.start,
      [
        ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=lab', '-days', '2'],
        ...['-keyout', '/etc/stunnel/lab.pem', '-out', '/etc/stunnel/lab.crt'],
      ],
      ['sh', '-c', 'cat /etc/stunnel/lab.crt >>/etc/stunnel/lab.pem'],
      ['install', '-d', '-o', 'stunnel4', '/var/log/stunnel4'],
    ],
    work: [stunnelPage, ...restart('stunnel@lab', stunnelPage)],
  },
  {
    name: 'php-fpm',
    packages: ['php8.2-fpm', 'libfcgi-bin'],
    unit: 'php8.2-fpm.service',
    files: {
      '/var/www/visits.php': `<?php
session_id('lab');
session_start();
$_SESSION['visited'] = true;
session_write_close();
file_put_contents(tempnam(sys_get_temp_dir(), 'lab'), 'scratch');
echo preg_match('/^(a+b)*c$/', 'aababc'), file_exists('/var/lib/php/sessions/sess_lab') ? ' kept' : ' lost';
`,
    },
    work: (() => {
      const page = step(
        'run a page that keeps a session',
        [
          ...['env', 'SCRIPT_FILENAME=/var/www/visits.php', 'REQUEST_METHOD=GET'],
          ...['cgi-fcgi', '-bind', '-connect', '/run/php/php8.2-fpm.sock'],
        ],
        /1 kept/,
      );
      return [
        page,
        ...reload('php8.2-fpm', page),
        ...rotate('php8.2-fpm', '/var/log/php8.2-fpm.log', page),
        ...restart('php8.2-fpm', page),
      ];
    })(),
  },
];
