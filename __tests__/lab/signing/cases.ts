import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { lookAt } from '../../../src/init/project.js';
import { signingFacts } from '../../../src/init/signing/facts.js';
import { policyText, signText, verifyText } from '../../../src/init/signing/files.js';
import { call, must, type Outcome } from '../../../src/io/process.js';
import { makeAuthority, makeSigner } from './authority.js';
import { makeShims } from './programs.js';
import { startRegistry } from './registry.js';

export interface Result {
  readonly name: string;
  readonly fault: string | undefined;
}

const HOME = 'https://github.com/acme/shop';
const WORKFLOW = '.github/workflows/signed-image.yml';
const ISSUER = 'https://token.actions.githubusercontent.com';
/** https://github.com/sigstore/cosign/blob/main/cmd/cosign/errors/exit_codes.go */
const NO_MATCH = 12;
const IDENTITY = `${HOME}/${WORKFLOW}@refs/heads/main`;

interface Step {
  readonly name?: string;
  readonly run?: string;
}

/** Signs by the workflow's own steps, and verifies by the script's. */
export async function trySigning(programs: readonly string[], work: string): Promise<readonly Result[]> {
  const bin = programs[0]!;
  const cosign = join(bin, 'cosign');
  const registry = await startRegistry(join(bin, 'docker-registry'), join(work, 'registry'));
  const results: Result[] = [];
  const check = (name: string, { code, stdout, stderr }: Outcome, expected: number): void => {
    results.push({
      name,
      fault: code === expected ? undefined : `code ${code} and not ${expected}\n${stdout}${stderr}`,
    });
  };
  try {
    const name = `${registry.host}/acme/web`;
    const project = join(work, 'project');
    await makeProject(project, name);
    const facts = await signingFacts(project, await lookAt(project), 'github');
    const steps = signSteps(signText('github', facts));
    writeFileSync(join(project, 'deploy/verify-images.sh'), verifyText());
    writeFileSync(join(project, 'deploy/image-policy'), policyText('github', facts));

    const authority = await makeAuthority(join(work, 'authority'));
    const signer = (folder: string, identity: string, issuer = ISSUER): Promise<string> =>
      makeSigner(join(work, 'authority'), join(work, folder), cosign, { identity, issuer });
    const own = await signer('own', IDENTITY);
    const env = {
      PATH: [makeShims(join(work, 'shims')), ...programs, process.env.PATH].join(delimiter),
      // Settings and logins of this machine are none of the lab's.
      HOME: work,
      DOCKER_CONFIG: join(work, 'docker'),
      COSIGN_PASSWORD: '',
      LAB_COSIGN: cosign,
      LAB_AUTHORITY: authority,
      GITHUB_REF_NAME: 'feature/ü 1',
      GITHUB_SHA: 'c'.repeat(40),
      GITHUB_STEP_SUMMARY: join(work, 'summary.md'),
      REPOSITORY: name,
      ISSUER,
    };
    /** The steps of the job that signs, as the runner does them: each in a bash that ends at the first error. */
    const sign = async (digest: string, by: string, identity = IDENTITY): Promise<Outcome> => {
      let last: Outcome = { code: 1, stdout: '', stderr: 'there is no step' };
      for (const { run } of steps) {
        last = await call('bash', ['-e', '-c', run!], {
          cwd: work,
          env: { ...env, LAB_SIGNER: by, IMAGE: `${name}@${digest}`, IDENTITY: identity },
        });
        if (last.code !== 0) break;
      }
      return last;
    };
    /** What the script says of a project that runs an image. */
    const deploy = async (image: string, policy?: string): Promise<Outcome> => {
      writeFileSync(join(project, 'compose.yml'), `services:\n  web:\n    image: ${image}\n`);
      if (policy !== undefined) writeFileSync(join(project, 'deploy/other-policy'), policy);
      return call('sh', ['deploy/verify-images.sh', '--project-directory', project], {
        cwd: project,
        env: {
          ...env,
          ...(policy === undefined ? {} : { IMAGE_POLICY: join(project, 'deploy/other-policy') }),
        },
      });
    };

    const [signed, unsigned, foreign, branch, issued] = await Promise.all(
      ['signed', 'unsigned', 'foreign', 'branch', 'issued'].map((content) =>
        registry.push('acme/web', content),
      ),
    );
    check('the steps of the workflow sign, attest, verify and name an image', await sign(signed!, own), 0);
    const tag = 'feature----1';
    const tags = await Promise.all([tag, env.GITHUB_SHA].map((one) => registry.digestOf('acme/web', one)));
    results.push({
      name: 'the tags stand for the digest that is signed',
      fault: tags.every((digest) => digest === signed) ? undefined : `${tags.join(' ')} and not ${signed}`,
    });
    check('a signed digest may run', await deploy(`${name}@${signed}`), 0);
    check('so may one with its tag beside it', await deploy(`${name}:1.0@${signed}`), 0);
    check('an unsigned digest is refused', await deploy(`${name}@${unsigned}`), 1);
    check('a tag is refused, also of a signed image', await deploy(`${name}:${tag}`), 1);
    await registry.tag('acme/web', tag, unsigned!);
    check('a tag that was moved is refused', await deploy(`${name}:${tag}`), 1);
    check('so is the digest that it was moved to', await deploy(`${name}:${tag}@${unsigned}`), 1);

    const other = await signer('other', `https://github.com/evil/shop/${WORKFLOW}@refs/heads/main`);
    check('the workflow ends when the identity is another', await sign(foreign!, other), NO_MATCH);
    check('an image that another repository signed is refused', await deploy(`${name}@${foreign}`), 1);
    const side = `${HOME}/${WORKFLOW}@refs/heads/main-2`;
    check('a branch signs with its own identity', await sign(branch!, await signer('side', side), side), 0);
    check('an image that another branch signed is refused', await deploy(`${name}@${branch}`), 1);
    const liar = await signer('liar', IDENTITY, 'https://gitlab.com');
    check('the workflow ends when the issuer is another', await sign(issued!, liar), NO_MATCH);
    check('an image with an identity of another issuer is refused', await deploy(`${name}@${issued}`), 1);

    const keys = join(project, 'deploy');
    await must(cosign, ['generate-key-pair', '--output-key-prefix', 'a'], { cwd: keys, env });
    await must(cosign, ['generate-key-pair', '--output-key-prefix', 'b'], { cwd: keys, env });
    await must(
      cosign,
      [
        ...['sign', '--yes', '--key', 'a.key', '--use-signing-config=false', '--tlog-upload=false'],
        `${name}@${unsigned}`,
      ],
      { cwd: keys, env },
    );
    check('a key of the policy is enough', await deploy(`${name}@${unsigned}`, `${name} key a.pub\n`), 0);
    check('another key is refused', await deploy(`${name}@${unsigned}`, `${name} key b.pub\n`), 1);
    return results;
  } finally {
    registry.stop();
  }
}

async function makeProject(folder: string, name: string): Promise<void> {
  mkdirSync(join(folder, 'deploy'), { recursive: true });
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(folder, 'compose.yml'), `services:\n  web:\n    build: .\n    image: ${name}:latest\n`);
  await must('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: folder });
  await must('git', ['remote', 'add', 'origin', `${HOME}.git`], { cwd: folder });
}

function signSteps(workflow: string): readonly Step[] {
  const { jobs } = parse(workflow) as {
    readonly jobs: { readonly sign: { readonly steps: readonly Step[] } };
  };
  return jobs.sign.steps.filter(({ run }) => run !== undefined);
}
