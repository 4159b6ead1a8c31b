import { describe, expect, test } from '@jest/globals';
import { quadletAdapter } from '../src/formats/systemd/parse.js';
import { createRun } from '../src/harden.js';
import type { FilePlan } from '../src/core/plan.js';
import { sidecarPath } from '../src/sidecar.js';
import { podmanOptions } from '../src/workload/quadlet/podman-args.js';
import { memoryWorkspace, type Tree } from './support/memory.js';
import { planCase, readCases } from './support/cases.js';

/** The keys of [Container] by podman-systemd.unit(5), `Container units [Container]`. */
const KEYS = new Set(
  `AddCapability AddDevice AddHost Annotation AppArmor AutoUpdate CgroupsMode ContainerName ContainersConfModule DNS DNSOption DNSSearch DropCapability Entrypoint Environment EnvironmentFile EnvironmentHost Exec ExposeHostPort GIDMap GlobalArgs Group GroupAdd HealthCmd HealthInterval HealthLogDestination HealthMaxLogCount HealthMaxLogSize HealthOnFailure HealthRetries HealthStartPeriod HealthStartupCmd HealthStartupInterval HealthStartupRetries HealthStartupSuccess HealthStartupTimeout HealthTimeout HostName HttpProxy Image IP IP6 Label LogDriver LogOpt Mask Memory Mount Network NetworkAlias NoNewPrivileges Notify PidsLimit Pod PodmanArgs PublishPort Pull ReadOnly ReadOnlyTmpfs ReloadCmd ReloadSignal Retry RetryDelay Rootfs RunInit SeccompProfile Secret SecurityLabelDisable SecurityLabelFileType SecurityLabelLevel SecurityLabelNested SecurityLabelType ServiceName ShmSize StartWithPod StopSignal StopTimeout SubGIDMap SubUIDMap Sysctl Timezone Tmpfs UIDMap Ulimit Unmask User UserNS Volume WorkingDir `
    .trim()
    .split(/\s+/),
);

function planOf(text: string, others: Tree = {}, path = 'app.container'): FilePlan {
  const run = createRun(memoryWorkspace({ ...others, [path]: text }), { phase: 3 });
  const outcome = run.plan({ path, format: 'quadlet' });
  if (outcome.kind !== 'planned') throw new Error(outcome.reason);
  return outcome.plan;
}

test('every key that a fixture gets is one of the specification', () => {
  const added = readCases()
    .filter(({ id }) => id.startsWith('quadlet/'))
    .flatMap((fixture) => {
      const { original, result } = planCase(fixture, fixture.text);
      const before = new Set(original.text.split('\n'));
      return result.split('\n').filter((line) => !before.has(line));
    });
  expect(added.length).toBeGreaterThan(20);
  for (const line of added) expect(KEYS).toContain(line.slice(0, line.indexOf('=')));
});

describe('what is no container unit', () => {
  test.each([
    ['', 'no [Container] section'],
    ['[Pod]\nPodName=app\n', 'no [Container] section'],
    ['not a unit at all', 'no [Container] section'],
    ['[Container]\nImage={{ image }}\n', 'a template that another program fills in'],
  ])('%j is foreign', (text, reason) => {
    expect(quadletAdapter.parse('app.container', text)).toEqual({ ok: false, kind: 'foreign', reason });
  });

  test('a line that is none is invalid', () => {
    expect(quadletAdapter.parse('app.container', '[Container]\nImage\n')).toMatchObject({
      kind: 'invalid',
      line: 2,
    });
  });
});

test('a hardened variant has an ending that Quadlet does not read', () => {
  expect(sidecarPath('units/app.container', 'quadlet')).toBe('units/app.container.hardened');
});

test('the options of PodmanArgs= in all their forms', () => {
  expect(podmanOptions(['--privileged', '-p', '80:80', '--cap-add=X', '-v/a:/b', '--user', '5'])).toEqual([
    { name: 'privileged', value: undefined },
    { name: 'publish', value: '80:80' },
    { name: 'cap-add', value: 'X' },
    { name: 'volume', value: '/a:/b' },
    { name: 'user', value: '5' },
  ]);
});

test('evidence of a drop-in cites the drop-in', () => {
  const plan = planOf('[Container]\nImage=docker.io/library/nginx:1.29\n', {
    'app.container.d/10-more.conf': '# More\n[Container]\nPodmanArgs=--privileged\n',
  });
  const finding = plan.entries.find(({ meta }) => meta.id === 'quadlet/report-privileged')?.finding;
  expect(finding?.evidence[0]).toMatchObject({
    file: 'app.container.d/10-more.conf',
    line: 3,
    text: 'PodmanArgs=--privileged',
  });
});

test('a user unit by its folder needs no user namespace, a system unit does', () => {
  const ids = (path: string): readonly string[] =>
    planOf('[Container]\nImage=docker.io/library/memcached:1.6\n', {}, path).entries.map(
      ({ meta }) => meta.id,
    );
  expect(ids('etc/containers/systemd/app.container')).toContain('quadlet/use-user-namespace');
  expect(ids('etc/containers/systemd/users/app.container')).not.toContain('quadlet/use-user-namespace');
  expect(ids('.config/containers/systemd/app.container')).not.toContain('quadlet/use-user-namespace');
});

test('no value of a secret is told', () => {
  const plan = planOf(
    '[Container]\nImage=docker.io/library/postgres:17\nEnvironment="POSTGRES_PASSWORD=correct horse" A=b\nEnvironment=API_TOKEN=battery9staple \\\n  OTHER_SECRET=hunter2horse\n',
  );
  const told = JSON.stringify(plan.entries.map(({ finding }) => finding));
  expect(told).toContain('POSTGRES_PASSWORD');
  expect(told).toContain('OTHER_SECRET');
  for (const value of ['horse', 'staple', 'hunter2']) expect(told).not.toContain(value);
});
