import { as, type Daemon, reload, restart, rotate, step, talk } from '../daemon.js';

const redisValue = step('read', ['redis-cli', 'get', 'lab'], /^kept$/);
const sql = (name: string, statement: string, shows?: RegExp) =>
  as('postgres', step(name, ['psql', '--no-psqlrc', '-v', 'ON_ERROR_STOP=1', '-Atc', statement], shows));
const postgresValue = sql('read', 'select value from kept', /^written$/);
const mariadb = (name: string, statement: string, shows?: RegExp) =>
  step(name, ['mariadb', '--batch', '--skip-column-names', '-e', statement], shows);
const mariadbValue = mariadb('read', 'select value from lab.kept', /^written$/);
const etcd = (name: string, args: readonly string[], shows?: RegExp) =>
  step(name, ['env', 'ETCDCTL_API=3', 'etcdctl', ...args], shows);
const etcdValue = etcd('read', ['get', '--print-value-only', 'lab'], /^kept$/);
const message = step(
  'get the retained message',
  ['mosquitto_sub', '-t', 'lab', '-C', '1', '-W', '3'],
  /^kept$/,
);
const queue = step('get the message', ['amqp-get', '--queue=lab'], /^kept/);
const publish = step('publish', ['amqp-publish', '--routing-key=lab', '--persistent', '--body=kept']);
const messages = step(
  'messages of the queue',
  ['rabbitmqctl', '--quiet', 'list_queues', 'name', 'durable'],
  /^lab\s+true$/m,
);

export const DATA: readonly Daemon[] = [
  {
    name: 'redis',
    packages: ['redis-server', 'redis-tools'],
    unit: 'redis-server.service',
    work: [
      step('write', ['redis-cli', 'set', 'lab', 'kept'], /^OK$/),
      redisValue,
      step('save in a process of its own', ['redis-cli', 'bgsave'], /started/),
      step('the save went well', ['redis-cli', 'info', 'persistence'], /rdb_last_bgsave_status:ok/),
      step('run a script', ['redis-cli', 'eval', 'return redis.call("get", "lab")', '0'], /^kept$/),
      step('rewrite its settings', ['redis-cli', 'config', 'rewrite'], /^OK$/),
      ...rotate(
        'redis-server',
        '/var/log/redis/redis-server.log',
        step('save', ['redis-cli', 'save'], /^OK$/),
      ),
      ...restart('redis-server', redisValue),
    ],
  },
  {
    name: 'memcached',
    packages: ['memcached', 'socat'],
    unit: 'memcached.service',
    work: (() => {
      const use = talk(
        'write and read',
        'TCP:127.0.0.1:11211',
        'set lab 0 0 4\r\nkept\r\nget lab\r\nquit\r\n',
        /STORED\s+VALUE lab 0 4\s+kept/,
      );
      return [use, ...restart('memcached', use)];
    })(),
  },
  {
    name: 'postgresql',
    packages: ['postgresql'],
    unit: 'postgresql@15-main.service',
    file: 'postgresql@.service',
    work: [
      sql('write', "create table if not exists kept as select 'written' as value"),
      postgresValue,
      sql('export to a file', "copy kept to '/var/lib/postgresql/kept.csv'"),
      sql(
        'parallel query',
        "set force_parallel_mode = on; select count(*) from pg_class where relname = 'kept'",
        /^1$/m,
      ),
      sql('checkpoint', 'checkpoint'),
      as(
        'postgres',
        step('take a backup', [
          'sh',
          '-c',
          'rm -rf /tmp/backup && pg_basebackup --checkpoint=fast -D /tmp/backup',
        ]),
      ),
      ...reload('postgresql@15-main', postgresValue),
      ...rotate(
        'postgresql-common',
        '/var/log/postgresql/postgresql-15-main.log',
        sql('log a line', "do $$ begin raise log 'after the rotation'; end $$"),
      ),
      ...restart('postgresql@15-main', postgresValue),
    ],
  },
  {
    name: 'mariadb',
    packages: ['mariadb-server'],
    unit: 'mariadb.service',
    files: {
      '/etc/mysql/mariadb.conf.d/99-lab.cnf':
        '[mariadbd]\ngeneral_log = 1\ngeneral_log_file = /var/log/mysql/mysql.log\n',
    },
    prepare: [['install', '-d', '-o', 'mysql', '-g', 'adm', '/var/log/mysql']],
    work: [
      mariadb(
        'write',
        [
          'create database if not exists lab',
          'create table if not exists lab.kept (id int primary key, value text) engine=innodb',
          "replace into lab.kept values (1, 'written')",
        ].join('; '),
      ),
      mariadbValue,
      mariadb(
        'sort on disk',
        'set tmp_memory_table_size = 0; select count(*) from (select * from information_schema.columns order by 1, 2, 3, 4) a',
        /^\d{4}$/,
      ),
      mariadb('flush its tables', 'flush tables; flush logs'),
      ...rotate('mariadb', '/var/log/mysql/mysql.log', mariadbValue),
      ...restart('mariadb', mariadbValue),
    ],
  },
  {
    name: 'etcd',
    packages: ['etcd-server', 'etcd-client'],
    unit: 'etcd.service',
    work: [
      etcd('write', ['put', 'lab', 'kept'], /^OK$/),
      etcdValue,
      etcd('compact', ['defrag']),
      etcd('take a backup', ['snapshot', 'save', '/tmp/etcd.db'], /saved/i),
      ...restart('etcd', etcdValue),
    ],
  },
  {
    name: 'mosquitto',
    packages: ['mosquitto', 'mosquitto-clients'],
    unit: 'mosquitto.service',
    work: [
      step('publish', ['mosquitto_pub', '-t', 'lab', '-m', 'kept', '-r']),
      message,
      ...reload('mosquitto', message),
      ...restart('mosquitto', message),
      step('its store is on the disk', ['test', '-s', '/var/lib/mosquitto/mosquitto.db']),
      step('its log is written', ['test', '-s', '/var/log/mosquitto/mosquitto.log']),
    ],
  },
  {
    name: 'rabbitmq',
    packages: ['rabbitmq-server', 'amqp-tools'],
    unit: 'rabbitmq-server.service',
    work: [
      step('declare a queue', ['amqp-declare-queue', '--queue=lab', '--durable'], /^lab$/),
      publish,
      queue,
      messages,
      publish,
      ...rotate('rabbitmq-server', '/var/log/rabbitmq/rabbit@lab.log', publish),
      ...restart('rabbitmq-server', queue),
    ],
  },
];
