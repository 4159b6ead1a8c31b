import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FilePlan } from '../../../src/core/plan.js';
import { prepare } from '../../../src/harden.js';
import type { Check } from '../../../src/verify/check.js';
import { type Diagnosis, isDiagnosis } from '../../../src/verify/diagnosis.js';
import type { Pair } from '../../../src/verify/subject.js';
import { unitChecks, type UnitOptions } from '../../../src/verify/unit/checks.js';
import { type Behaviour, fakeManager, type FakeManager } from './fake-manager.js';

const ORIGINAL =
  '[Service]\nExecStart=/usr/bin/node /opt/app/server.js\nUser=app\n\n[Install]\nWantedBy=multi-user.target\n';

let folder: string;
let managed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harden-unit-checks-'));
  managed = join(folder, 'run');
  mkdirSync(managed);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What harden makes of a unit, which takes its time, once. */
const plans = new Map<string, FilePlan>();

function planOf(path: string, original: string): FilePlan {
  const known = plans.get(original + path);
  if (known !== undefined) return known;
  writeFileSync(join(folder, path), original);
  const run = prepare({ root: folder, paths: [path], phase: 2 });
  const outcome = run.plan(run.files[0]!);
  if (outcome.kind !== 'planned') throw new Error(outcome.reason);
  plans.set(original + path, outcome.plan);
  return outcome.plan;
}

/** The unit with what harden makes of it, or with another hardened variant. */
function pairOf(hardened?: string, original = ORIGINAL, path = 'app.service'): Pair {
  const plan = planOf(path, original);
  const from = hardened === undefined ? 'plan' : 'file';
  const hardenedPath = `${path}.hardened`;
  return { format: 'systemd', path, hardenedPath, original, hardened: hardened ?? plan.result, from, plan };
}

interface Verified {
  readonly checks: readonly Check[];
  readonly diagnoses: readonly Diagnosis[];
  readonly manager: FakeManager;
}

async function verify(
  pair: Pair,
  behaviour: Behaviour,
  options: Partial<UnitOptions> & { readonly arrange?: (manager: FakeManager) => void } = {},
): Promise<Verified> {
  const manager = fakeManager(managed, behaviour);
  options.arrange?.(manager);
  const [checks, diagnoses]: [Check[], Diagnosis[]] = [[], []];
  const results = unitChecks(
    { folder, pairs: [pair] },
    {
      allowHost: true,
      settle: 1,
      managerFor: () => Promise.resolve(manager),
      say: () => undefined,
      ...options,
    },
  );
  for await (const result of results) {
    if (isDiagnosis(result)) diagnoses.push(result);
    else checks.push(result);
  }
  return { checks, diagnoses, manager };
}

function mendedText({ mend }: Diagnosis, hardened = pairOf().hardened): string | undefined {
  const mended = mend?.apply(hardened);
  return mended?.ok === true ? mended.text : undefined;
}

const works: Behaviour = () => undefined;
const failsWith =
  (pattern: RegExp, says = 'app.service: Main process exited, code=exited, status=1/FAILURE'): Behaviour =>
  (text) =>
    pattern.test(text) ? says : undefined;

describe('unitChecks', () => {
  it('passes a unit that does what it did, and leaves nothing', async () => {
    const hardened = ORIGINAL.replace('User=app', 'User=app\nPrivateTmp=yes');
    const { checks, manager } = await verify(pairOf(hardened), works);
    expect(checks.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['passed', 'up'],
      ['passed', '1 setting'],
    ]);
    expect(readdirSync(managed)).toEqual([]);
    expect(manager.told.at(-1)).toBe('reset-failed app.service');
    expect(manager.told.filter((line) => line.startsWith('start'))).toHaveLength(2);
  });

  it('names the line that breaks what harden made, what harden had believed, and leaves its transform out', async () => {
    const { checks, diagnoses } = await verify(pairOf(), failsWith(/^NoNewPrivileges=yes/m));
    expect(checks.map(({ outcome }) => outcome)).toEqual(['failed']);
    const [diagnosis] = diagnoses;
    expect(diagnosis!.cause).toEqual(['NoNewPrivileges=yes']);
    expect(diagnosis!.symptom).toBe('it fails (code=exited, status=1/FAILURE)');
    expect(diagnosis!.evidence.length).toBeGreaterThan(0);
    expect(diagnosis!.mend).toMatchObject({
      says: 'without NoNewPrivileges=yes it works',
      path: 'app.service',
      override: { skip: ['systemd/no-new-privileges'] },
    });
    expect(mendedText(diagnosis!)).toBe(pairOf().hardened.replace('NoNewPrivileges=yes\n', ''));
  });

  it('takes back all that a transform sets together', async () => {
    const { diagnoses } = await verify(pairOf(), failsWith(/^SystemCallErrorNumber/m));
    const { mend } = diagnoses[0]!;
    expect(mend!.override).toEqual({ skip: ['systemd/filter-system-calls'] });
    expect(mendedText(diagnoses[0]!)).not.toMatch(/^SystemCall/m);
  });

  it('makes the path writable that the journal complains of', async () => {
    const state = join(folder, 'state');
    mkdirSync(state);
    const says = `EROFS: read-only file system, open '${state}/log'`;
    const hardened = `${ORIGINAL.replace('User=app\n', 'User=app\n# Tight.\nProtectSystem=strict\nPrivateTmp=yes\n')}`;
    const { diagnoses } = await verify(pairOf(hardened), (text) =>
      /ProtectSystem=strict/.test(text) && !text.includes(`ReadWritePaths=${state}`) ? says : undefined,
    );
    expect(diagnoses[0]).toMatchObject({
      cause: ['ProtectSystem=strict'],
      symptom: `it fails (exit-code)\n${says}`,
      evidence: [],
      mend: {
        override: { writable: [state] },
      },
    });
    expect(mendedText(diagnoses[0]!, hardened)).toBe(
      hardened.replace('PrivateTmp=yes\n', `PrivateTmp=yes\nReadWritePaths=${state}\n`),
    );
  });

  it('gives back the fewest capabilities', async () => {
    const hardened = ORIGINAL.replace('User=app', 'CapabilityBoundingSet=CAP_CHOWN');
    const original = ORIGINAL.replace('User=app\n', '');
    const { diagnoses } = await verify(
      pairOf(hardened, original),
      (text) =>
        /^CapabilityBoundingSet/m.test(text) && !/CAP_SETGID/.test(text)
          ? 'setgid: Operation not permitted'
          : undefined,
      {
        arrange: ({ properties }) =>
          properties.set('CapabilityBoundingSet', 'cap_chown cap_setgid cap_setuid cap_sys_admin'),
      },
    );
    expect(diagnoses[0]!.mend).toMatchObject({
      says: 'with CAP_SETGID in CapabilityBoundingSet= it works',
      override: { capabilities: ['SETGID'] },
    });
    expect(mendedText(diagnoses[0]!, hardened)).toBe(hardened.replace('CAP_CHOWN', 'CAP_CHOWN CAP_SETGID'));
  });

  it('says that it found no cause where the unit works by chance', async () => {
    let starts = 0;
    const { checks, diagnoses } = await verify(pairOf(), () => ((starts += 1) === 1 ? undefined : 'no'));
    expect(diagnoses).toEqual([]);
    expect(checks.at(-1)).toMatchObject({
      outcome: 'failed',
      name: 'the cause is found',
      detail: 'it fails without any of the steps too, or by chance',
    });
  });

  it.each<[string, (manager: FakeManager) => void, RegExp]>([
    [
      'runs here',
      ({ properties }) => properties.set('ActiveState', 'active'),
      /^app\.service is active here: stop it first/,
    ],
    ['is masked', ({ properties }) => properties.set('LoadState', 'masked'), /masked here/],
    [
      'would stop another unit',
      ({ properties, active }) => {
        properties.set('Conflicts', 'shutdown.target other.service');
        active.add('other.service');
      },
      /^to start it would stop other\.service$/,
    ],
    [
      'is started by an active socket',
      ({ properties, active }) => {
        properties.set('TriggeredBy', 'app.socket');
        active.add('app.socket');
      },
      /^app\.socket is active here/,
    ],
  ])('starts no unit that %s', async (_, arrange, reason) => {
    const { checks, manager } = await verify(pairOf(), works, { arrange });
    expect(checks).toEqual([
      expect.objectContaining({ outcome: 'skipped', detail: expect.stringMatching(reason) as unknown }),
    ]);
    expect(manager.told.filter((line) => line.startsWith('start'))).toEqual([]);
    expect(readdirSync(managed)).toEqual([]);
  });

  it('says why a unit tells nothing whose original does not start', async () => {
    const { checks } = await verify(pairOf(), () => 'Main process exited, code=exited, status=203/EXEC');
    expect(checks).toEqual([
      expect.objectContaining({
        outcome: 'skipped',
        detail: expect.stringContaining('status=203/EXEC') as unknown,
      }),
    ]);
  });

  it('skips templates, and all where no systemd runs', async () => {
    const template = await verify(pairOf(undefined, ORIGINAL, 'app@.service'), works);
    expect(template.checks[0]).toMatchObject({ outcome: 'skipped' });
    const none = await verify(pairOf(), works, {
      managerFor: () => Promise.resolve({ missing: 'no systemd runs here' }),
    });
    expect(none.checks[0]).toMatchObject({ outcome: 'skipped', detail: 'no systemd runs here' });
  });

  it('runs the smoke command against both', async () => {
    const hardened = ORIGINAL.replace('User=app\n', 'User=app\nPrivateTmp=yes\n');
    const smoke = `! grep -q PrivateTmp=yes ${managed}/app.service`;
    const { checks, diagnoses } = await verify(pairOf(hardened), works, { smoke });
    expect(checks[0]).toMatchObject({ outcome: 'failed', detail: 'the smoke command fails: exit code 1' });
    expect(diagnoses[0]!.cause).toEqual(['PrivateTmp=yes']);
  }, 60_000);

  it('stops and cleans up when it is interrupted', async () => {
    const interruption = new AbortController();
    let starts = 0;
    const { checks, diagnoses, manager } = await verify(
      pairOf(),
      () => {
        if ((starts += 1) === 2) interruption.abort();
        return undefined;
      },
      { signal: interruption.signal },
    );
    expect([...checks, ...diagnoses]).toEqual([]);
    expect(manager.told).toContain('stop app.service');
    expect(readdirSync(managed)).toEqual([]);
  });

  it('cleans up when the disk is full', async () => {
    rmSync(managed, { recursive: true });
    writeFileSync(managed, '');
    const { checks } = await verify(pairOf(), works);
    expect(checks[0]).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('it could not be tried') as unknown,
    });
  });

  it('removes what a killed verify left, and nothing else', async () => {
    const left = join(managed, 'other.service');
    mkdirSync(`${left}.d`);
    writeFileSync(left, '# harden verify 999999999\n[Service]\n');
    writeFileSync(`${left}.d/zz-harden-verify.conf`, '# harden verify 999999999\n[Service]\n');
    writeFileSync(join(managed, 'third.service'), '[Service]\n');
    const { manager } = await verify(pairOf(), works);
    expect(existsSync(left)).toBe(false);
    expect(manager.told[0]).toBe('stop other.service');
    expect(readdirSync(managed)).toEqual(['third.service']);
  });
});
