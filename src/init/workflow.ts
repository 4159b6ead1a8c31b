import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../io/package.js';
import type { CiSystem } from './project.js';

/** Where the file of a CI stands in a project. */
export const CI_PATHS: Readonly<Record<CiSystem, string>> = {
  github: '.github/workflows/harden.yml',
  gitlab: '.gitlab/harden.yml',
};

/** Where the file of a CI stands that builds, scans and signs images. */
export const SIGN_PATHS: Readonly<Record<CiSystem, string>> = {
  github: '.github/workflows/signed-image.yml',
  gitlab: '.gitlab/signed-image.yml',
};

/** What is left to do when the file is there. */
export const CI_STEPS: Readonly<Record<CiSystem, string>> = {
  github: `put the repository and the commit of harden that you trust in place of OWNER/harden@COMMIT in ${CI_PATHS.github}`,
  gitlab: `add to .gitlab-ci.yml: include: [{ local: ${CI_PATHS.gitlab} }], and set HARDEN_IMAGE to your image of harden`,
};

/** The file that runs harden in a CI, for a project with this default branch. */
export function ciText(system: CiSystem, branch: string): string {
  const text = readFileSync(join(packageRoot(), 'templates', 'ci', `${system}.yml`), 'utf8');
  return text.replace('branches: [main]', () =>
    `branches: [${JSON.stringify(branch)}]`.replace('["main"]', '[main]'),
  );
}
