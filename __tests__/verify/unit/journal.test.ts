import { describe, expect, it } from '@jest/globals';
import {
  deniedPaths,
  endIn,
  isSkippedIn,
  newComplaints,
  readOnlyPaths,
} from '../../../src/verify/unit/journal.js';

describe('endIn', () => {
  it('finds how the last process ended', () => {
    const journal = [
      'app.service: Control process exited, code=exited, status=1/FAILURE',
      'app.service: Main process exited, code=exited, status=226/NAMESPACE',
      "app.service: Failed with result 'exit-code'.",
    ].join('\n');
    expect(endIn(journal)).toBe('code=exited, status=226/NAMESPACE');
    expect(endIn('Started app.service.')).toBeUndefined();
  });
});

describe('isSkippedIn', () => {
  it.each([
    'app.service - App was skipped because of an unmet condition check (ConditionPathExists=/etc/app).',
    'Condition check resulted in App being skipped.',
  ])('knows %s', (line) => {
    expect(isSkippedIn(`one\n${line}\n`)).toBe(true);
  });

  it('takes a start for one', () => {
    expect(isSkippedIn('Started app.service - App.')).toBe(false);
  });
});

describe('newComplaints', () => {
  it('leaves out what was complained of before, with other numbers too', () => {
    const before = 'worker 12: setpriority: Operation not permitted\nhello';
    const after =
      'worker 13: setpriority: Operation not permitted\nopen: Permission denied\nopen: Permission denied';
    expect(newComplaints(before, after)).toEqual(['open: Permission denied']);
  });

  it('masks secrets', () => {
    expect(newComplaints('', 'denied: postgres://app:hunter2@db/app')).toEqual([
      'denied: postgres://app:********@db/app',
    ]);
  });
});

describe('readOnlyPaths', () => {
  it.each([
    ["Error: EROFS: read-only file system, open '/srv/app/data/x.log'", '/srv/app/data/x.log'],
    ["OSError: [Errno 30] Read-only file system: '/srv/app/x'", '/srv/app/x'],
    ['/bin/sh: 1: cannot create /srv/app/x: Read-only file system', '/srv/app/x'],
    ['open() "/var/log/app.log" failed (30: Read-only file system)', '/var/log/app.log'],
    ['touch: cannot touch ‘/srv/app/x’: Read-only file system', '/srv/app/x'],
    ['mkdir /srv/app: read-only file system.', '/srv/app'],
  ])('finds the path in %s', (line, path) => {
    expect(readOnlyPaths(`hello /not/this\n${line}`)).toContain(path);
    expect(readOnlyPaths(`hello /not/this\n${line}`)).not.toContain('/not/this');
  });

  it('takes addresses of the web for no paths', () => {
    expect(readOnlyPaths('http://example.org/a: Read-only file system')).toEqual([]);
  });
});

describe('deniedPaths', () => {
  it('finds folders that can not be made, as the unit sees them', () => {
    expect(deniedPaths("mkdir: cannot create directory '/run/app': Permission denied")).toEqual(['/run/app']);
    expect(
      deniedPaths(
        'Failed to set up mount namespacing: /run/systemd/unit-root/srv/x: No such file or directory',
      ),
    ).toEqual(['/srv/x']);
  });
});
