import { describe, expect, it } from '@jest/globals';
import type { FilePlan } from '../../../src/core/plan.js';
import type { UnitDocument } from '../../../src/formats/systemd/document.js';
import { parseUnit } from '../../../src/formats/systemd/parse.js';
import { assign, linesOf, type Step, stepsBetween, takeBack } from '../../../src/verify/unit/steps.js';

function parse(text: string): UnitDocument {
  const parsed = parseUnit('app.service', text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.document;
}

function planOf(original: UnitDocument): FilePlan {
  return { path: original.path, original, result: original.text, entries: [], failures: [] };
}

const ORIGINAL = parse(
  '[Unit]\nAfter=a.service\n\n[Service]\nExecStart=/bin/app\nUMask=0022\nRuntimeDirectory=app\n',
);
const HARDENED = parse(
  '[Unit]\nAfter=a.service\n\n[Service]\nExecStart=/bin/app\n# Tight.\nUMask=0077\nSystemCallFilter=@system-service\nSystemCallFilter=~@privileged\n# The end.\nPrivateTmp=yes\n',
);
const STEPS = stepsBetween(ORIGINAL, HARDENED, planOf(ORIGINAL));

function step(key: string): Step {
  return STEPS.find((one) => one.key === key)!;
}

describe('stepsBetween', () => {
  it('has a step for each setting that differs', () => {
    expect(STEPS.map(({ key, before, after }) => [key, before, after])).toEqual([
      ['UMask', ['0022'], ['0077']],
      ['SystemCallFilter', [], ['@system-service', '~@privileged']],
      ['PrivateTmp', [], ['yes']],
      ['RuntimeDirectory', ['app'], []],
    ]);
  });

  it('shows what is there, and behind a - what is gone', () => {
    expect(STEPS.flatMap(linesOf)).toEqual([
      'UMask=0077',
      'SystemCallFilter=@system-service',
      'SystemCallFilter=~@privileged',
      'PrivateTmp=yes',
      '-RuntimeDirectory=app',
    ]);
  });
});

describe('takeBack', () => {
  it('takes nothing back of no steps', () => {
    expect(takeBack(HARDENED, [])).toBe(HARDENED.text);
  });

  it('leaves all else as it is', () => {
    expect(takeBack(HARDENED, [step('SystemCallFilter')])).toBe(
      HARDENED.text.replace(/^SystemCallFilter.*\n/gm, ''),
    );
    expect(takeBack(HARDENED, [step('UMask')])).toBe(HARDENED.text.replace('0077', '0022'));
  });

  it('brings back what was taken out, also where the last line goes', () => {
    expect(takeBack(HARDENED, [step('PrivateTmp'), step('RuntimeDirectory')])).toBe(
      HARDENED.text.replace('PrivateTmp=yes', 'RuntimeDirectory=app'),
    );
  });

  it('means the original with all steps taken back', () => {
    const text = takeBack(HARDENED, STEPS);
    expect(stepsBetween(ORIGINAL, parse(text), planOf(ORIGINAL))).toEqual([]);
  });

  it('brings a section back that is gone', () => {
    const bare = parse('[Service]\nExecStart=/bin/app\n');
    const gone = stepsBetween(
      parse('[Unit]\nAfter=a.service\n[Service]\nExecStart=/bin/app\n'),
      bare,
      planOf(bare),
    );
    expect(takeBack(bare, gone)).toBe('[Service]\nExecStart=/bin/app\n\n[Unit]\nAfter=a.service\n');
  });

  it.each(['\n', '\r\n'])('keeps line endings and a last line without one (%j)', (newline) => {
    const document = parse(['[Service]', 'ExecStart=/bin/app', '  PrivateTmp=yes'].join(newline));
    const without = parse(['[Service]', 'ExecStart=/bin/app'].join(newline));
    const steps = stepsBetween(without, document, planOf(without));
    expect(takeBack(document, steps)).toBe(without.text);
  });

  it('takes lines that a backslash joins as one', () => {
    const document = parse('[Service]\nReadWritePaths=/a \\\n  # more\n  /b\nExecStart=/bin/app\n');
    const without = parse('[Service]\nExecStart=/bin/app\n');
    expect(takeBack(document, stepsBetween(without, document, planOf(without)))).toBe(without.text);
  });
});

describe('assign', () => {
  it('replaces, adds and removes', () => {
    const of = (...values: readonly string[]): string =>
      assign(HARDENED, 'Service', 'SystemCallFilter', values);
    expect(of('@system-service', '~@privileged')).toBe(HARDENED.text);
    expect(of('@basic-io', '~@privileged')).toBe(HARDENED.text.replace('@system-service', '@basic-io'));
    expect(of('@system-service')).toBe(HARDENED.text.replace('SystemCallFilter=~@privileged\n', ''));
    expect(of('@system-service', '~@privileged', '@chown')).toBe(`${HARDENED.text}SystemCallFilter=@chown\n`);
  });
});
