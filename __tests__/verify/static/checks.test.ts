import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../src/verify/check.js';
import { staticChecks } from '../../../src/verify/static/checks.js';
import { quadletChecks } from '../../../src/verify/static/quadlet.js';
import type { WorkingCopy } from '../../../src/verify/subject.js';
import { findTools, isMissing, type Engine, type Tools } from '../../../src/verify/tools.js';
import { fakeCommand, noTools } from '../fake-tools.js';
import { copyOf, pairOf } from '../working-copy.js';

const here = await findTools();
const signal = new AbortController().signal;
const given = { signal, buildArgs: [], secrets: [], owner: 'harden-verify-test', envFiles: [] };

async function checksOf(tools: Partial<Tools>, copy: WorkingCopy): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for await (const check of staticChecks(copy, { ...given, tools: { ...noTools, ...tools } }))
    checks.push(check);
  return checks;
}

/** Runs where the machine has the tool, and says why it doesn't run elsewhere. */
function testWith(tool: object, name: string, body: () => Promise<void>): void {
  if (isMissing(tool)) test.skip(`${name} (${tool.missing})`, body);
  else test(name, body);
}

const BASE = 'services:\n  web:\n    image: nginx:1.27\n';

describe('docker compose config', () => {
  testWith(here.compose, 'is asked for the merged project, once', async () => {
    const fragment = 'services:\n  web:\n    restart: always\n';
    const copy = copyOf({}, [pairOf('app/compose.yml', BASE), pairOf('app/compose.override.yml', fragment)]);
    expect(await checksOf({ compose: here.compose }, copy)).toEqual([
      {
        ...{
          stage: 'static',
          subject: 'app/compose.yml',
          name: 'docker compose accepts it',
          outcome: 'passed',
        },
        detail: 'merged from app/compose.hardened.yml, app/compose.override.hardened.yml',
      },
    ]);
  });

  testWith(here.compose, 'fails for what the original has not', async () => {
    const copy = copyOf({}, [pairOf('compose.yml', BASE, `${BASE}    cap_drop: ALL\n`)]);
    const [check] = await checksOf({ compose: here.compose }, copy);
    expect(check).toMatchObject({ outcome: 'failed' });
    expect(check?.detail).toContain('cap_drop');
    expect(check?.detail).not.toContain(copy.folder);
  });

  testWith(here.compose, 'is skipped for what the original lacks too, with what to do', async () => {
    const variable = copyOf({}, [pairOf('compose.yml', `${BASE}    user: \${RUN_AS:?set it}\n`)]);
    const [check] = await checksOf({ compose: here.compose }, variable);
    expect(check).toMatchObject({ outcome: 'skipped' });
    expect(check?.detail).toMatch(/^the original isn't accepted either: .*RUN_AS.*--compose-env$/s);
    const file = copyOf({}, [pairOf('compose.yml', `${BASE}    env_file: missing.env\n`)]);
    expect((await checksOf({ compose: here.compose }, file))[0]?.detail).toMatch(
      /it has to stand in the tree$/,
    );
  });

  testWith(here.compose, 'names the example of an environment file that is missing', async () => {
    for (const [name, example] of [
      ['.env', '.env.example'],
      ['web.env', 'web.env.sample'],
      ['.env', 'env.dist'],
      ['web.env', 'example.web.env'],
    ] as const) {
      const pair = pairOf('docker/compose.yml', `${BASE}    env_file: ${name}\n`);
      const copy = copyOf({ [`docker/${example}`]: '', 'docker/other.env.example': '' }, [pair]);
      const [check] = await checksOf({ compose: here.compose }, copy);
      expect(check?.detail).toMatch(
        new RegExp(`it has to stand in the tree: docker/${example} is an example of it$`),
      );
    }
  });

  test('is skipped where Compose is missing', async () => {
    const [check] = await checksOf({}, copyOf({}, [pairOf('compose.yml', BASE)]));
    expect(check).toMatchObject({ outcome: 'skipped', detail: 'Docker Compose 2 is not installed' });
  });
});

describe('a Dockerfile', () => {
  const DOCKERFILE = 'FROM debian:12\nCMD echo\n';
  const engineOf = (answer: (file: string) => string, help = '      --check   Shorthand'): Engine => ({
    ...fakeCommand((args) =>
      args.includes('--help')
        ? { stdout: help }
        : { code: 1, stdout: answer(args[args.indexOf('--file') + 1]!) },
    ),
    name: 'docker',
  });
  const warning = (ruleName: string, line: number): object => ({
    ...{ ruleName, detail: `${ruleName} is bad`, location: { ranges: [{ start: { line } }] } },
  });

  test("is read by BuildKit's own parser", async () => {
    const accepted = await checksOf({}, copyOf({}, [pairOf('Dockerfile', DOCKERFILE)]));
    expect(accepted[0]).toMatchObject({ name: "BuildKit's parser accepts it", outcome: 'passed' });
    expect(accepted[1]).toMatchObject({ outcome: 'skipped', detail: 'docker is not installed' });
    const hardened = `${DOCKERFILE}RUN <<EOF\necho\n`;
    const rejected = await checksOf({}, copyOf({}, [pairOf('Dockerfile', DOCKERFILE, hardened)]));
    expect(rejected[0]).toMatchObject({ outcome: 'failed' });
    expect(rejected[0]?.detail).toBe('unterminated heredoc');
  });

  test('may have the findings of docker build --check that it had, on another line', async () => {
    const engine = engineOf((file) =>
      JSON.stringify({ warnings: [warning('JSONArgsRecommended', file === 'Dockerfile' ? 2 : 5)] }),
    );
    const checks = await checksOf({ engine }, copyOf({}, [pairOf('Dockerfile', DOCKERFILE)]));
    expect(checks[1]).toMatchObject({ outcome: 'passed' });
  });

  test('must not have new ones', async () => {
    const engine = engineOf((file) =>
      JSON.stringify({ warnings: file === 'Dockerfile' ? null : [warning('StageNameCasing', 3)] }),
    );
    const checks = await checksOf({ engine }, copyOf({}, [pairOf('Dockerfile', DOCKERFILE)]));
    expect(checks[1]).toMatchObject({
      ...{ outcome: 'failed', detail: 'line 3: StageNameCasing: StageNameCasing is bad' },
    });
  });

  test('is not asked about by a docker that has no such check', async () => {
    const engine = engineOf(() => '', '      --call string');
    const checks = await checksOf({ engine }, copyOf({}, [pairOf('Dockerfile', DOCKERFILE)]));
    expect(checks[1]?.detail).toBe('this docker has no build --check: it came with Buildx 0.15');
  });
});

describe('a unit', () => {
  const UNIT = '[Unit]\nDescription=x\n[Service]\nExecStart=/usr/bin/nothing\n';

  testWith(here.systemdAnalyze, 'is verified with its drop-ins, and no more exposed', async () => {
    const hardened = `${UNIT}PrivateTmp=yes\nNoNewPrivileges=yes\n`;
    const copy = copyOf({ 'etc/app.service.d/10.conf': '[Service]\nProtectHome=yes\n' }, [
      pairOf('etc/app.service', UNIT, hardened),
    ]);
    const [verified, exposed] = await checksOf({ systemdAnalyze: here.systemdAnalyze }, copy);
    expect(verified).toMatchObject({ name: 'systemd-analyze verify finds nothing new', outcome: 'passed' });
    expect(exposed).toMatchObject({ outcome: 'passed' });
    expect(exposed?.detail).toMatch(/^exposure \d+\.\d → \d+\.\d$/);
  });

  testWith(here.systemdAnalyze, 'must not have a value that systemd does not read', async () => {
    const copy = copyOf({}, [pairOf('app.service', UNIT, `${UNIT}ProtectHome=perhaps\n`)]);
    const [verified] = await checksOf({ systemdAnalyze: here.systemdAnalyze }, copy);
    expect(verified).toMatchObject({ outcome: 'failed' });
    expect(verified?.detail).toMatch(/^app\.service: ?.*perhaps$/);
  });

  testWith(here.systemdAnalyze, 'must not be more exposed', async () => {
    const copy = copyOf({}, [pairOf('app.service', `${UNIT}PrivateTmp=yes\nProtectHome=yes\n`, UNIT)]);
    const checks = await checksOf({ systemdAnalyze: here.systemdAnalyze }, copy);
    expect(checks[1]).toMatchObject({ outcome: 'failed' });
  });

  testWith(here.systemdAnalyze, 'of a user is read by the user manager', async () => {
    const copy = copyOf({}, [
      pairOf('.config/systemd/user/app.service', UNIT, `${UNIT}NoNewPrivileges=yes\n`),
    ]);
    const checks = await checksOf({ systemdAnalyze: here.systemdAnalyze }, copy);
    expect(checks.map(({ outcome }) => outcome)).toEqual(['passed', 'passed']);
  });

  test('may have a setting that came after the machine’s systemd', async () => {
    const systemdAnalyze = fakeCommand((args, options) => {
      if (args[0] === '--version') return { stdout: 'systemd 247 (247.3)\n+PAM' };
      const is = options?.cwd?.endsWith('hardened') === true;
      return { stderr: is ? "x:7: Unknown key name 'ProtectProc' in section 'Service', ignoring.\n" : '' };
    });
    const checks = await checksOf({ systemdAnalyze }, copyOf({}, [pairOf('app.service', UNIT)]));
    expect(checks.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['passed', "this machine's systemd doesn't know ProtectProc yet, and passes over it"],
      ['skipped', 'systemd 247 has no security --offline; it came with 250'],
    ]);
  });
});

describe('a Quadlet', () => {
  const copy = copyOf({ 'data.volume': '[Volume]\n' }, [
    pairOf('web.container', '[Container]\nImage=nginx\nVolume=data.volume:/data\n'),
  ]);
  const outcomeOf = async (hardened: string, original: string): Promise<Check | undefined> => {
    const generator = fakeCommand((_args, options) => {
      const [stdout = '', stderr = ''] = (
        options?.env?.QUADLET_UNIT_DIRS?.endsWith('hardened') === true ? hardened : original
      ).split('|');
      return { stdout, stderr };
    });
    const checks: Check[] = [];
    for await (const check of quadletChecks(copy, { ...given, tools: noTools }, generator))
      checks.push(check);
    return checks[0];
  };
  const MADE = '---web.service---\n|quadlet-generator[12]: Loading source unit file /x/web.container\n';

  test('is made a unit of by Podman’s generator', async () => {
    expect(await outcomeOf(MADE, MADE)).toMatchObject({ outcome: 'passed' });
    const complaint = '|quadlet-generator[9]: converting "web.container": unsupported key \'X\'';
    expect(await outcomeOf(complaint, MADE)).toMatchObject({
      ...{ outcome: 'failed', detail: 'converting "web.container": unsupported key \'X\'' },
    });
    expect(await outcomeOf(complaint, complaint)).toMatchObject({ outcome: 'skipped' });
  });
});

describe('a deployment file that builds the hardened Dockerfile', () => {
  const DOCKERFILE = pairOf('api/Dockerfile', 'FROM debian:12\n');
  const subjectsOf = (checks: readonly Check[]): readonly unknown[] =>
    checks.slice(2).map(({ subject, outcome, detail }) => [subject, outcome, detail]);

  test('of Fly is validated by flyctl, where it is there', async () => {
    const files = { 'api/fly.toml': 'app = "x"\n', 'api/fly.hardened.toml': 'app = "x"\n' };
    const copy = copyOf(files, [DOCKERFILE]);
    expect(subjectsOf(await checksOf({}, copy))).toEqual([
      ['api/fly.toml', 'skipped', 'flyctl is not installed'],
    ]);
    const flyctl = fakeCommand((args) =>
      args.at(-1) === 'fly.toml' ? {} : { code: 1, stderr: 'Error: no such Dockerfile' },
    );
    expect(subjectsOf(await checksOf({ flyctl }, copy))).toEqual([
      ['api/fly.toml', 'failed', 'Error: no such Dockerfile'],
    ]);
  });

  test('of Render has the form of a Blueprint', async () => {
    const blueprint = (path: string): string =>
      `services:\n  - type: web\n    name: x\n    runtime: docker\n    dockerfilePath: ${path}\n`;
    const files = (hardened: string): Record<string, string> => ({
      ...{ 'render.yaml': blueprint('./Dockerfile'), 'render.hardened.yaml': hardened },
    });
    const sound = copyOf(files(blueprint('./Dockerfile.hardened')), [DOCKERFILE]);
    expect(subjectsOf(await checksOf({}, sound))).toEqual([['render.yaml', 'passed', undefined]]);
    const wrong = copyOf(files(blueprint('[]').replace('docker\n', 'dockr\n')), [DOCKERFILE]);
    const [[, outcome, detail]] = subjectsOf(await checksOf({}, wrong)) as [[string, string, string]];
    expect(outcome).toBe('failed');
    expect(detail).toMatch(/services\.0\.dockerfilePath must be string/);
    expect(detail).toMatch(/services\.0\.runtime must be equal to one of the allowed values: node, /);
  });
});
