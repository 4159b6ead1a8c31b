import { type Daemon, get, reload, restart, step } from '../daemon.js';

const query = step(
  'ask for what it measured',
  [
    ...['curl', '-sS', '--fail', '--get', 'http://127.0.0.1:9090/api/v1/query', '--data-urlencode'],
    'query=max_over_time(up{job="prometheus"}[1h])',
  ],
  /(?<="success".*,")1(?="\])/,
);

/** Each part of the node exporter, and whether it can measure. */
const collectors = step(
  'measure',
  ['sh', '-c', 'curl -sS --fail http://127.0.0.1:9100/metrics | grep ^node_scrape_collector_success'],
  /[^]*/,
);
const probe = (module: string, target: string) =>
  get(`http://127.0.0.1:9115/probe?module=${module}&target=${target}`, /^probe_success 1$/m);
const redisUp = get('http://127.0.0.1:9121/metrics', /^redis_up 1$/m);

const SILENCE = JSON.stringify({
  matchers: [{ name: 'alertname', value: 'Lab', isRegex: false, isEqual: true }],
  ...{ startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z', createdBy: 'lab', comment: 'kept' },
});
const post = (name: string, path: string, data: string, shows?: RegExp) =>
  step(
    name,
    [
      ...['curl', '-sS', '--fail', '-H', 'Content-Type: application/json', '--data', data],
      `http://127.0.0.1:9093${path}`,
    ],
    shows,
  );
const silence = get('http://127.0.0.1:9093/api/v2/silences', /"comment":"kept"/);

export const METRICS: readonly Daemon[] = [
  {
    name: 'prometheus',
    packages: ['prometheus'],
    unit: 'prometheus.service',
    files: {
      '/etc/prometheus/prometheus.yml': `global:
  scrape_interval: 1s
scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets: ['localhost:9090']
`,
    },
    work: [query, ...reload('prometheus', query), ...restart('prometheus', query)],
  },
  {
    name: 'node-exporter',
    packages: ['prometheus-node-exporter'],
    unit: 'prometheus-node-exporter.service',
    work: [collectors, ...restart('prometheus-node-exporter', collectors)],
  },
  {
    name: 'alertmanager',
    packages: ['prometheus-alertmanager'],
    unit: 'prometheus-alertmanager.service',
    // Without other ones, for which it wants an address beyond loopback.
    files: { '/etc/default/prometheus-alertmanager': 'ARGS="--cluster.listen-address="\n' },
    work: [
      post('raise an alert', '/api/v2/alerts', JSON.stringify([{ labels: { alertname: 'Lab' } }])),
      get('http://127.0.0.1:9093/api/v2/alerts', /"alertname":"Lab"/),
      post('silence it', '/api/v2/silences', SILENCE, /silenceID/),
      silence,
      ...reload('prometheus-alertmanager', silence),
      ...restart('prometheus-alertmanager', silence),
    ],
  },
  {
    name: 'blackbox-exporter',
    packages: ['prometheus-blackbox-exporter'],
    unit: 'prometheus-blackbox-exporter.service',
    work: (() => {
      const probes = [probe('http_2xx', 'http://127.0.0.1:9115/'), probe('tcp_connect', '127.0.0.1:9115')];
      return [
        ...probes,
        ...reload('prometheus-blackbox-exporter', ...probes),
        ...restart('prometheus-blackbox-exporter', ...probes),
      ];
    })(),
  },
  {
    name: 'redis-exporter',
    packages: ['prometheus-redis-exporter', 'redis-server'],
    unit: 'prometheus-redis-exporter.service',
    prepare: [['systemctl', 'start', 'redis-server']],
    work: [redisUp, ...restart('prometheus-redis-exporter', redisUp)],
  },
];
