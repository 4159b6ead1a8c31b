import { expect, test } from '@jest/globals';
import { outermost, placeOf } from '../../src/apparmor/places.js';

test.each([
  ['/var/lib/redis/temp-123.rdb', '/var/lib/redis/'],
  ['/var/lib/private/app/state', '/var/lib/private/app/'],
  ['/run/redis/redis.pid', '/run/redis/'],
  ['/var/run/redis/redis.pid', '/run/redis/'],
  ['/run/nginx.pid', '/run/nginx.pid'],
  ['/tmp/a/b', '/tmp/'],
  ['/var/tmp/x', '/var/tmp/'],
  ['/etc/redis/redis.conf', '/etc/redis/'],
  ['/etc/ssl/private/site.key', '/etc/ssl/private/site.key'],
  ['/run/systemd/notify', '/run/systemd/notify'],
  ['/var/lib/dpkg/lock', '/var/lib/dpkg/lock'],
  ['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/core_pattern'],
  ['/usr/share/app/x', '/usr/share/app/x'],
])('%s is told as %s', (path, place) => {
  expect(placeOf(path)).toBe(place);
});

test('a place that another stands for is left out', () => {
  expect(outermost(['/a/b/c', '/a/b/', '/a/b', '/a/bc', '/a/b/', '/d'])).toEqual(['/a/b/', '/a/bc', '/d']);
});
