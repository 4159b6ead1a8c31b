import type { CiSystem, Project } from '../init/project.js';
import { signingFacts } from '../init/signing/facts.js';
import {
  POLICY_PATH,
  policyText,
  signSteps,
  signText,
  VERIFY_PATH,
  verifyText,
} from '../init/signing/files.js';
import { SIGN_PATHS } from '../init/workflow.js';
import { printable } from '../render/text.js';

/** What `harden init --sign` writes, and what is left to do by hand. */
export interface Signing {
  readonly files: readonly (readonly [path: string, text: string])[];
  readonly steps: readonly string[];
}

/** A pipeline that signs a project's images, and for a Compose host what verifies them. */
export async function signing(root: string, project: Project, system: CiSystem): Promise<Signing> {
  const facts = await signingFacts(root, project, system);
  if (facts.images.length === 0) {
    const reasons = facts.left.length === 0 ? ['it builds none'] : facts.left;
    return {
      files: [],
      steps: reasons.map((reason) => printable(`no image of this project can be signed: ${reason}`)),
    };
  }
  const deploys = project.files.some(({ format }) => format === 'compose');
  return {
    files: [
      [SIGN_PATHS[system], signText(system, facts)],
      ...(deploys
        ? ([
            [VERIFY_PATH, verifyText()],
            [POLICY_PATH, policyText(system, facts)],
          ] as const)
        : []),
    ],
    steps: signSteps(system, facts, deploys).map(printable),
  };
}
