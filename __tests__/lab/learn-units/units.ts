import { type Daemon, fileOf } from '../systemd/daemon.js';
import { daemonsNamed } from '../systemd/daemons/index.js';

/** Data stores, web servers, programs of one's own. */
export const RECORDED = [
  ...['postgresql', 'redis', 'memcached', 'mosquitto', 'etcd'],
  ...['nginx', 'apache', 'haproxy', 'node', 'python'],
] as const;

/**
 * Debian's own has a filter and a sandbox, which harden leaves alone; this one is written after that of Redis itself:
 * https://github.com/redis/redis/blob/7.0/utils/systemd-redis_server.service
 */
const REDIS = `[Unit]
Description=Redis data structure server
After=network.target

[Service]
Type=notify
ExecStart=/usr/bin/redis-server /etc/redis/redis.conf --supervised systemd --daemonize no
User=redis
Group=redis
RuntimeDirectory=redis
LimitNOFILE=10032
TimeoutStopSec=infinity

[Install]
WantedBy=multi-user.target
`;

/** The units with these names, or all ten. */
export function unitsNamed(names: readonly string[]): readonly Daemon[] {
  const unknown = names.filter((name) => !RECORDED.some((one) => one === name));
  if (unknown.length > 0)
    throw new Error(`no such unit: ${unknown.join(', ')}; there are ${RECORDED.join(', ')}`);
  const chosen = RECORDED.filter((name) => names.length === 0 || names.includes(name));
  const daemons = daemonsNamed(chosen);
  return chosen.map((name) => ownUnit(daemons.find((daemon) => daemon.name === name)!));
}

/** A unit that can be started by the name of its file: an instance of a template gets a file of its own. */
function ownUnit(daemon: Daemon): Daemon {
  const { file, name, prepare = [], ...rest } = daemon;
  if (name === 'redis') {
    const files = { ...daemon.files, '/etc/systemd/system/redis-server.service': REDIS };
    return { ...daemon, files };
  }
  if (file === undefined) return daemon;
  const from = `/usr/lib/systemd/system/${fileOf(daemon)}`;
  return { ...rest, name, prepare: [...prepare, ['cp', from, `/etc/systemd/system/${daemon.unit}`]] };
}
