import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUnits } from '../scripts/random-units.js';
import { systemdVersion, verdictsOf } from '../scripts/systemd-analyze.js';
import { assessors } from '../src/exposure/assessors.js';
import { exposureOf, type ExposureCheck } from '../src/exposure/exposure.js';
import type { UnitDocument } from '../src/formats/systemd/document.js';
import { parseUnit } from '../src/formats/systemd/parse.js';
import { expandSystemCalls, isOnX8664, systemCallGroups } from '../src/formats/systemd/system-calls.js';
import { exposureCases } from './support/exposure-cases.js';

function unit(text: string, path = 'app.service'): UnitDocument {
  const parsed = parseUnit(path, text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.document;
}

function check(checks: readonly ExposureCheck[], id: string): number | 'n/a' | undefined {
  const found = checks.find((one) => one.id === id);
  return found?.applicable === false ? 'n/a' : found?.exposure;
}

const SERVICE = '[Service]\nExecStart=/usr/bin/app\n';

describe('the exposure score', () => {
  test.each(exposureCases.map((one) => [one.name, one] as const))('%s', (_name, { text, ...expected }) => {
    const { score, rating, checks } = exposureOf(unit(text))!;
    const added = Object.fromEntries(Object.keys(expected.checks).map((id) => [id, check(checks, id)]));
    expect({ score, rating, checks: added }).toEqual({
      score: expected.score,
      rating: expected.rating,
      checks: expected.checks,
    });
  });

  test('says of each check whether it is good', () => {
    const { checks } = exposureOf(unit(`${SERVICE}PrivateTmp=yes\n`))!;
    const of = (id: string) => checks.find((one) => one.id === id);
    expect(of('PrivateTmp=')).toEqual({ id: 'PrivateTmp=', exposure: 0, good: true, applicable: true });
    expect(of('PrivateNetwork=')?.good).toBe(false);
    expect(of('RemoveIPC=')).toEqual({ id: 'RemoveIPC=', exposure: 0, good: undefined, applicable: false });
  });

  test('is none for a unit without [Service]', () => {
    expect(exposureOf(unit('[Timer]\nOnCalendar=daily\n[Install]\n', 'app.timer'))).toBeUndefined();
  });

  test.each([
    'User=a:b',
    'DynamicUser=maybe',
    'DynamicUser=',
    'RootDirectory=srv',
    'SupplementaryGroups=12:3',
  ])('is none for a unit that systemd refuses: %s', (line) => {
    expect(exposureOf(unit(`${SERVICE}${line}\n`))).toBeUndefined();
  });

  test('takes drop-ins in their order, each up to a value that systemd refuses', () => {
    const dropIns = [
      unit('[Service]\nPrivateNetwork=yes\nRootDirectory=/srv\n', '10-first.conf'),
      unit('[Service]\nRootDirectory=\nUser=a:b\nPrivateNetwork=no\n', '20-second.conf'),
    ];
    const { score, checks } = exposureOf(unit(SERVICE), { dropIns })!;
    expect(check(checks, 'PrivateNetwork=')).toBe(0);
    expect(check(checks, 'RootDirectory=/RootImage=')).toBe(0.1);
    expect(score).toBe(9.1);
  });

  test('takes the keyring of the user manager for shared', () => {
    expect(exposureOf(unit(SERVICE), { manager: 'user' })?.score).toBe(9.8);
    expect(exposureOf(unit(`${SERVICE}KeyringMode=private\n`), { manager: 'user' })?.score).toBe(9.6);
  });

  test('names a dynamic user after the unit, and a template’s instance i', () => {
    const user = (path: string, line: string) =>
      check(exposureOf(unit(`${SERVICE}${line}\n`, path))!.checks, 'User=/DynamicUser=');
    expect(user('nobody.service', 'DynamicUser=yes')).toBe(0.4);
    expect(user('app.service', 'DynamicUser=yes')).toBe(0);
    expect(user('root@.service', 'User=%i')).toBe(0);
    expect(user('app@root.service', 'User=%i')).toBe(0.4);
    expect(user('root@.service', 'User=%p')).toBe(0.4);
  });

  test('has a weight, a range and a page for every check', () => {
    expect(assessors).toHaveLength(81);
    expect(new Set(assessors.map(({ id }) => id)).size).toBe(assessors.length);
    for (const { page } of assessors) expect(page).toMatch(/^systemd\.[a-z-]+#[A-Za-z]+=$/);
  });
});

describe('system call groups', () => {
  test('stand for all their members', () => {
    expect([...expandSystemCalls(['@swap', 'read', '@no-such-group'])]).toEqual([
      'swapoff',
      'swapon',
      'read',
    ]);
    const service = expandSystemCalls(['@system-service']);
    expect(service.has('openat')).toBe(true);
    expect(service.has('mount')).toBe(false);
    expect(systemCallGroups).toHaveLength(29);
  });

  test('hold what x86-64 has and what it lacks', () => {
    expect(isOnX8664('umount2')).toBe(true);
    expect(isOnX8664('umount')).toBe(false);
    expect([...expandSystemCalls(['@cpu-emulation'])].filter(isOnX8664)).toEqual(['modify_ldt']);
  });
});

const version = systemdVersion();
const reason = version === undefined ? 'not installed' : `not systemd 252 but ${version}`;

if (version?.startsWith('systemd 252 ') === true) {
  describe('systemd-analyze agrees', () => {
    const folder = mkdtempSync(join(tmpdir(), 'harden-exposure-'));
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    const random = randomUnits(60, 42).filter(({ dropIn }) => dropIn === undefined);
    const texts = [...exposureCases, ...random].map(({ text }) => text);

    test.each(['system', 'user'] as const)('under the %s manager', (manager) => {
      const files = texts.map((text, index) => {
        // %u of the user manager is who runs the test.
        const file = `unit${index}.service`;
        writeFileSync(join(folder, file), text.replaceAll('%u', 'user'));
        return file;
      });
      const theirs = verdictsOf(folder, files, manager);
      expect(theirs.size).toBeGreaterThan(exposureCases.length);
      for (const [index, file] of files.entries()) {
        const verdict = theirs.get(file);
        const ours = exposureOf(unit(texts[index]!.replaceAll('%u', 'user'), file), { manager });
        expect([file, ours?.score, ours?.rating]).toEqual([file, verdict?.score, verdict?.rating]);
        for (const { id, exposure, good } of ours?.checks ?? []) {
          const row = verdict?.checks.get(id);
          expect([id, good, exposure]).toEqual([id, row?.set ?? undefined, Number(row?.exposure)]);
        }
      }
    });
  });
} else {
  test.skip(`systemd-analyze agrees (skipped: it is ${reason})`, () => undefined);
}
