import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { lookAt } from '../../src/init/project.js';
import { signingFacts, type SigningFacts } from '../../src/init/signing/facts.js';
import { policyText, signSteps, signText } from '../../src/init/signing/files.js';
import type { CiSystem } from '../../src/init/project.js';
import { folderOf, get, harden, treeOf } from '../support/cli.js';
import { git } from '../support/git.js';
import type { Tree } from '../support/memory.js';
import { lint, workflowOf } from '../support/sign.js';

const GITHUB = 'git@github.com:Acme/Shop.git';
const COMPOSE = `services:
  web:
    image: ghcr.io/acme/web:\${TAG:-latest}
    build: { context: ../app, target: run, args: { NPM_TOKEN: hunter2 } }
  worker:
    image: worker
    build: ../worker
  db:
    image: postgres:16@sha256:${'a'.repeat(64)}
  mirror:
    image: mirror.gcr.io/library/redis:7
`;

async function factsOf(tree: Tree, system: CiSystem = 'github', remote = GITHUB): Promise<SigningFacts> {
  const root = repository(tree, remote);
  return signingFacts(root, await lookAt(root), system);
}

function repository(tree: Tree, remote: string, branch = 'main'): string {
  const root = folderOf(tree);
  git(root, 'init', '--quiet', '--initial-branch', branch);
  git(root, 'remote', 'add', 'origin', remote);
  return root;
}

describe('the workflow that signs', () => {
  test('has the images of the Compose files, with the names that the project gives them', async () => {
    const facts = await factsOf({ 'deploy/compose.yml': COMPOSE });
    const text = signText('github', facts);
    const { jobs, on } = workflowOf(text);
    expect(jobs.build.strategy.matrix.include).toEqual([
      {
        ...{ key: 'image-web', image: 'ghcr.io/acme/web', registry: 'ghcr.io' },
        ...{ context: './app', file: './app/Dockerfile', target: 'run' },
      },
      {
        ...{ key: 'image-worker', image: 'ghcr.io/acme/shop/worker', registry: 'ghcr.io' },
        ...{ context: './worker', file: './worker/Dockerfile', target: '' },
      },
    ]);
    const keys = jobs.build.strategy.matrix.include.map(({ key }) => key);
    for (const job of [jobs.scan, jobs.sign])
      expect(job.strategy.matrix.include.map(({ key }) => key)).toEqual(keys);
    expect(Object.keys(jobs.build.outputs ?? {})).toEqual(keys);
    expect(on.push).toEqual({ branches: ['main'], tags: ['v*'] });
    expect(await lint(text)).toEqual([]);
    expect(text).not.toContain('hunter2');
    expect(signSteps('github', facts, true).join('\n')).toMatch(
      /the build of web takes arguments: pass NPM_TOKEN in/,
    );
  });

  test('actionlint is one that finds faults', async () => {
    const text = signText('github', await factsOf({ Dockerfile: 'FROM scratch\n' }));
    expect(await lint(text.replace('matrix.key', 'matrix.kee'))).not.toEqual([]);
    expect(await lint(text.replace('needs: build', 'needs: bild'))).not.toEqual([]);
  });

  test('gives each job the least, and only the one that signs an identity', async () => {
    const { jobs, permissions } = workflowOf(signText('github', await factsOf({ Dockerfile: 'FROM a\n' })));
    expect(permissions).toEqual({});
    expect(jobs.build.permissions).toEqual({ contents: 'read', packages: 'write' });
    expect(Object.entries(jobs.scan.permissions).filter(([, level]) => level === 'write')).toEqual([
      ['security-events', 'write'],
    ]);
    expect(jobs.sign.permissions).toEqual({ packages: 'write', 'id-token': 'write' });
    expect(jobs.sign.needs).toEqual(['build', 'scan']);
  });

  test('pins each action to a commit, and puts no expression in a script', async () => {
    const text = signText('github', await factsOf({ Dockerfile: 'FROM a\n' }));
    const { jobs, on } = workflowOf(text);
    expect(Object.keys(on)).toEqual(['push']);
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    for (const { uses, run } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/);
      expect(run ?? '').not.toContain('${{');
    }
    for (const line of text.split('\n').filter((one) => one.includes('uses: ')))
      expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    // The same action at two commits would be one that somebody forgot.
    const pins = new Set([...text.matchAll(/uses: (\S+)/g)].map(([, pin = '']) => pin));
    expect(new Set([...pins].map((pin) => pin.split('@')[0])).size).toBe(pins.size);
  });

  test('is for Dockerfiles where no Compose file builds one, and for the name that a workflow publishes', async () => {
    const publish =
      'jobs:\n  a:\n    steps:\n      - uses: docker/metadata-action@v5\n        with: { images: "quay.io/acme/shop" }\n';
    const facts = await factsOf({ Dockerfile: 'FROM a\n', '.github/workflows/b.yml': publish });
    expect(facts.images.map(({ name, context, file }) => [name, context, file])).toEqual([
      ['quay.io/acme/shop', '.', './Dockerfile'],
    ]);
    expect(signSteps('github', facts, false).join('\n')).toContain(
      'REGISTRY_USERNAME and REGISTRY_PASSWORD for quay.io',
    );
    const unclear = publish.replace('quay.io/acme/shop', 'quay.io/${{ github.repository }}');
    const own = await factsOf({ Dockerfile: 'FROM a\n', '.github/workflows/b.yml': unclear });
    expect(own.images.map(({ name }) => name)).toEqual(['ghcr.io/acme/shop']);
    const broken = await factsOf({ Dockerfile: 'FROM a\n', '.github/workflows/b.yml': 'jobs: [\n' });
    expect(broken.images).toHaveLength(1);
  });

  test.each([
    ['an expression', './${{ github.event.issue.title }}'],
    ['a template of build-push-action', './{{defaultContext}}'],
    ['a variable of GitLab', './$CI_JOB_TOKEN'],
    ['a newline', './a\nimage-x=sha256:0'],
    ['a command', './`id`'],
    ['a backslash', './a\\b'],
    ['a hidden direction', './a\u202eb'],
    ['a way out', '../../etc'],
    ['an absolute path', '/etc'],
    ['another repository', 'https://github.com/evil/x.git'],
  ])('leaves out an image whose context is %s, and says so', async (_what, context) => {
    const compose = { services: { evil: { build: { context } }, good: { build: './good' } } };
    const facts = await factsOf({ 'compose.yml': JSON.stringify(compose) });
    expect(facts.images.map(({ part }) => part)).toEqual(['good']);
    expect(facts.left).toEqual([expect.stringContaining('the image of "evil" in compose.yml')]);
  });

  test('quotes what is odd but harmless, and takes no name that is none', async () => {
    const odd = `it's: "a" #b & 'c'`;
    const compose = {
      services: {
        'a "b"\n${{ x }}': { build: { context: odd, dockerfile: 'D: f' }, image: 'ghcr.io/x/${{ y }}' },
        'a b': { build: { context: 'two', target: 'x"; y' } },
        'A  B': { build: 'three', image: 'Ghcr.io/UPPER/x' },
      },
    };
    const facts = await factsOf({ 'compose.yml': JSON.stringify(compose) });
    for (const system of ['github', 'gitlab'] as const) {
      const text = signText(system, facts);
      expect(text).not.toContain('${{ x }}');
      expect(text).not.toContain('${{ y }}');
      expect(JSON.stringify(parse(text))).toContain(JSON.stringify(`./${odd}`).slice(1, -1));
    }
    const text = signText('github', facts);
    expect(await lint(text)).toEqual([]);
    expect(workflowOf(text).jobs.build.strategy.matrix.include.map(({ image }) => image)).toEqual([
      'ghcr.io/acme/shop/a-b-x',
      'ghcr.io/acme/shop/a-b',
    ]);
    expect(facts.left.join()).toContain('its target is not the name of a stage');
  });

  test('keys stay apart where services have like names, and one name is for one image only', async () => {
    const compose =
      'services:\n  a_b: { build: ./1 }\n  a.b: { build: ./2, image: quay.io/x/y }\n  c: { build: ./3, image: quay.io/x/z }\n  d: { build: ./4, image: quay.io/x/z:2 }\n';
    const facts = await factsOf({ 'compose.yml': compose });
    const keys = workflowOf(signText('github', facts)).jobs.build.strategy.matrix.include.map(
      ({ key }) => key,
    );
    expect(keys).toEqual(['image-a-b', 'image-a-b-2']);
    expect(facts.left).toEqual([expect.stringContaining('quay.io/x/z')]);
  });

  test('goes by the default branch and the tags that there are', async () => {
    const root = repository({ Dockerfile: 'FROM a\n' }, GITHUB, 'trunk');
    git(root, 'add', '-A');
    git(root, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'a');
    git(root, 'tag', '1.0');
    const facts = await signingFacts(root, await lookAt(root), 'github');
    expect(workflowOf(signText('github', facts)).on.push).toEqual({ branches: ['trunk'], tags: ['[0-9]*'] });
    expect(signText('gitlab', facts)).toContain('- if: $CI_COMMIT_TAG =~ /^[0-9]/');
    expect(policyText('github', facts)).toContain('@refs/(heads/trunk|tags/[0-9].*)$');
  });
});

interface GitlabJob {
  readonly extends: string;
  readonly needs?: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly script?: readonly string[];
  readonly id_tokens?: object;
}

describe('the GitLab pipeline that signs', () => {
  const jobsOf = (text: string): Readonly<Record<string, GitlabJob>> =>
    parse(text) as Readonly<Record<string, GitlabJob>>;

  test('has a chain of jobs for each image, and an identity in the last one only', async () => {
    const facts = await factsOf(
      { 'deploy/compose.yml': COMPOSE },
      'gitlab',
      'https://gitlab.com/Acme/tools/shop.git',
    );
    const jobs = jobsOf(signText('gitlab', facts));
    expect(jobs['signed-image-worker-build']?.variables).toEqual({
      ...{ REPOSITORY: '$CI_REGISTRY_IMAGE/worker', REGISTRY: '$CI_REGISTRY' },
      ...{ DOCKERFILE: './worker/Dockerfile', BUILD_CONTEXT: './worker' },
    });
    expect(jobs['signed-image-web-build']?.variables).toMatchObject({ REGISTRY: 'ghcr.io', TARGET: 'run' });
    expect(jobs['signed-image-web-sign']?.needs).toEqual(['signed-image-web-build', 'signed-image-web-scan']);
    for (const [name, job] of Object.entries(jobs)) {
      expect([name, job.id_tokens !== undefined]).toEqual([name, name === '.signed-image-sign']);
      if (job.extends !== undefined) expect(jobs).toHaveProperty([job.extends]);
    }
    expect(policyText('gitlab', facts)).toContain(
      'registry.gitlab.com/acme/tools/shop/worker signed ^https://gitlab\\.com/Acme/tools/shop//\\.gitlab-ci\\.yml@refs/(heads/main|tags/v.*)$ https://gitlab.com',
    );
  });

  test('its scripts are ones of sh, and what is pulled is pinned', async () => {
    const text = signText('gitlab', await factsOf({ Dockerfile: 'FROM a\n' }, 'gitlab'));
    for (const job of Object.values(jobsOf(text)).filter(({ script }) => script !== undefined)) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: job.script!.join('\n'), encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
    for (const [, pin] of text.matchAll(/(?:image: |name: |^ *)((?:docker|anchore\/grype):\S+)/gm))
      expect(pin).toMatch(/:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });
});

describe('harden init --sign', () => {
  test('writes pipeline, script and policy, and never replaces one', async () => {
    const root = repository(
      {
        'compose.yml': 'services:\n  web: { build: . }\n  db: { image: "redis:7" }\n',
        Dockerfile: 'FROM a\n',
      },
      GITHUB,
    );
    const { code, stdout } = await harden(root, ['init', '--sign', 'github']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^wrote {6}\.github\/workflows\/signed-image\.yml$/m);
    expect(stdout).toContain('protect main and the tags of releases');
    expect(await lint(get(root, '.github/workflows/signed-image.yml'))).toEqual([]);
    expect(get(root, 'deploy/image-policy')).toMatch(
      /^ghcr\.io\/acme\/shop signed .*\ndocker\.io\/library\/redis digest\n$/m,
    );
    writeFileSync(join(root, '.github/workflows/signed-image.yml'), 'name: mine\n');
    writeFileSync(join(root, 'deploy/image-policy'), '# mine\n');
    const before = treeOf(root);
    const again = await harden(root, ['init', '--sign', 'github']);
    expect([again.code, treeOf(root)]).toEqual([0, before]);
  });

  test('--yes alone writes no pipeline that publishes, and says how to have one', async () => {
    const root = repository({ Dockerfile: 'FROM a\n' }, GITHUB);
    const { stdout } = await harden(root, ['init', '--yes']);
    expect(stdout).toContain('harden init --sign github writes a pipeline');
    expect(Object.keys(treeOf(root))).not.toContain('.github/workflows/signed-image.yml');
  });

  test('says so where nothing is built, and where it does not know the repository', async () => {
    const none = folderOf({ 'compose.yml': 'services:\n  db: { image: redis }\n' });
    const nothing = await harden(none, ['init', '--sign', 'gitlab']);
    expect([nothing.code, nothing.stdout]).toEqual([
      0,
      expect.stringContaining('no image of this project can be signed'),
    ]);
    const lost = folderOf({ Dockerfile: 'FROM a\n' });
    const { stdout } = await harden(lost, ['init', '--sign', 'github']);
    expect(stdout).toContain('put your own repository in place of OWNER/REPO');
    expect(get(lost, '.github/workflows/signed-image.yml')).toContain('image: ghcr.io/OWNER/REPO');
    expect(Object.keys(treeOf(lost))).not.toContain('deploy/image-policy');
  });
});
