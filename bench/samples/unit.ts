import type { Random } from '../random.js';

/** A systemd service unit; a hardened one leaves nothing to propose. */
export function unitSample(random: Random, name: string, hardened: boolean): string {
  const start = random.pick([daemon, interpreter, oneshot])(random, name);
  return `[Unit]
Description=${name}, one of the services of this tree
Documentation=https://example.org/docs/${name}
After=network-online.target
Wants=network-online.target

[Service]
${start}${hardened ? HARDENED : ''}
[Install]
WantedBy=multi-user.target
`;
}

function daemon(random: Random, name: string): string {
  return `Type=notify
User=${name}
Group=${name}
StateDirectory=${name}
RuntimeDirectory=${name}
# The manual advises against more.
LimitNOFILE=${random.pick(['4096', '65536'])}
ExecStart=/usr/bin/${name}d --data-dir=/var/lib/${name} --listen=127.0.0.1:${random.between(3000, 9000)}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=${random.between(1, 10)}
`;
}

function interpreter(random: Random, name: string): string {
  return `Type=simple
User=www-data
WorkingDirectory=/opt/${name}
Environment=NODE_ENV=production
Environment="PORT=${random.between(3000, 9000)}" "LOG=/var/log/${name}/access.log"
EnvironmentFile=-/etc/default/${name}
ExecStartPre=/bin/mkdir -p /var/log/${name}
ExecStart=/usr/bin/node \\
    --max-old-space-size=512 \\
    # the entry point
    /opt/${name}/server.js --config /etc/${name}/config.json
Restart=always
SyslogIdentifier=${name}
`;
}

function oneshot(random: Random, name: string): string {
  return `Type=oneshot
; run by ${name}.timer
ExecStart=/bin/sh -c 'tar -C /var/lib/${name} -czf /var/backups/${name}-$(date +%%F).tar.gz .'
ExecStartPost=/usr/bin/find /var/backups -name '${name}-*' -mtime +${random.between(7, 60)} -delete
Nice=19
IOSchedulingClass=idle
`;
}

const HARDENED = `NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
`;
