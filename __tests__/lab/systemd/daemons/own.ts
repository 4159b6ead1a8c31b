import { as, type Daemon, get, restart, step } from '../daemon.js';
import { ANA } from './ana.js';

const put = (url: string, data: string, ...options: readonly string[]) =>
  step(`send to ${url}`, ['curl', '-sS', '--fail', '--max-time', '5', ...options, '--data', data, url]);

const guests = get('http://127.0.0.1:8091/', /^ana was here$/m);
const visits = get('http://127.0.0.1:8092/', /^\/ana 1$/m);
const note = get('http://127.0.0.1:8093/kept', /^kept$/);
const page = get('http://127.0.0.1:8094/monday', /^kept$/);

/** Asks the systemd of ana's own. */
const hers = (name: string, args: readonly string[], shows?: RegExp) =>
  as('ana', step(name, ['env', 'XDG_RUNTIME_DIR=/run/user/1000', 'systemctl', '--user', ...args], shows));

export const OWN: readonly Daemon[] = [
  {
    name: 'node',
    packages: ['nodejs'],
    unit: 'guestbook.service',
    tree: 'node',
    prepare: [['install', '-d', '-o', 'www-data', '/var/lib/guestbook']],
    work: [
      put('http://127.0.0.1:8091/', 'ana was here'),
      guests,
      get('http://127.0.0.1:8091/interfaces', /^lo$/),
      ...restart('guestbook', guests),
    ],
  },
  {
    name: 'python',
    packages: ['python3'],
    unit: 'counter.service',
    tree: 'python',
    work: [
      put('http://127.0.0.1:8092/ana', '', '-X', 'PUT'),
      visits,
      ...restart('counter', visits),
      step('its store is on the disk', ['test', '-s', '/var/lib/counter/visits.db']),
    ],
  },
  {
    name: 'java',
    packages: ['default-jre-headless', 'ecj'],
    unit: 'notes.service',
    tree: 'java',
    prepare: [
      ['ecj', '-17', '-proc:none', '-d', '/opt/notes', '/opt/notes/Notes.java'],
      ['install', '-d', '-o', 'games', '/var/lib/notes'],
    ],
    work: [put('http://127.0.0.1:8093/kept', 'kept', '-X', 'PUT'), note, ...restart('notes', note)],
  },
  {
    name: 'oneshot',
    packages: ['gzip'],
    unit: 'disk-report.service',
    tree: 'oneshot',
    work: [
      step('run it', ['systemctl', 'start', 'disk-report.service']),
      step('the report is written', ['grep', '-c', '/$', '/var/lib/disk-report/latest'], /^1$/),
      step('its log is written', ['test', '-s', '/var/log/disk-report.log']),
      step('run it again', ['systemctl', 'start', 'disk-report.service']),
      step('the former report is kept', ['gzip', '--test', '/var/lib/disk-report/former.gz']),
      step('start its timer', ['systemctl', 'start', 'disk-report.timer']),
      step('the timer waits', ['systemctl', 'show', '-p', 'SubState', 'disk-report.timer'], /waiting/),
      step('it did well', ['systemctl', 'show', '-p', 'ExecMainStatus', 'disk-report.service'], /=0$/),
    ],
  },
  {
    name: 'user',
    packages: ['python3', 'libpam-systemd', 'dbus-user-session'],
    unit: 'diary.service',
    owner: 'ana',
    tree: 'user',
    prepare: [
      ...ANA,
      ['chown', '-R', 'ana:ana', '/home/ana'],
      ['systemctl', 'start', 'systemd-logind.service'],
      ['loginctl', 'enable-linger', 'ana'],
      ['sh', '-c', 'until test -S /run/user/1000/systemd/private; do sleep 0.1; done'],
    ],
    work: [
      put('http://127.0.0.1:8094/monday', 'kept'),
      page,
      hers('restart', ['restart', 'diary.service']),
      page,
      step('the page is below her home', ['grep', '-c', 'kept', '/home/ana/diary/pages/monday'], /^1$/),
    ],
  },
];
