import { cite, citeSource } from '../../../core/evidence.js';
import { joinPath } from '../../../formats/dockerfile/scope.js';
import type { RunCommand } from '../../image-needs.js';
import { isWithin } from '../../model.js';
import { programName } from '../../startup.js';
import { BUILD, type Project, type Role, type Stack, type StackOutcome } from '../model.js';
import { slimVariant } from '../runtime-image.js';

const IMAGE = 'https://github.com/docker-library/docs/blob/master/ruby/variant-slim.md';
/** GEM_HOME and BUNDLE_APP_CONFIG of the image: https://github.com/docker-library/ruby/blob/master/Dockerfile.template */
const GEMS = '/usr/local/bundle';

function role(command: RunCommand): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  return /^(?:bundle|bundler|gem|ruby|rails|rake|bootsnap|npm|yarn|pnpm|node|npx)$/.test(program)
    ? BUILD
    : undefined;
}

function plan(project: Project): StackOutcome {
  const { build, document, roots, stage, workdir } = project;
  const image = slimVariant(stage.image, 'before-suite');
  if (image === undefined) return { ok: false, reason: `which slim variant ${stage.image} has is not known` };
  const installs = build.runCommands.find((command) =>
    /^(?:bundle|gem)$/.test(programName(command.program ?? '')),
  );
  if (installs === undefined) return { ok: false, reason: 'no bundler installs anything' };
  const path = build.scope.env.get('BUNDLE_PATH');
  if (path !== undefined && path.value === undefined)
    return { ok: false, reason: 'a variable says where the gems go' };
  const gems = path?.value === undefined ? GEMS : joinPath(workdir, path.value);
  const own = roots.some((root) => isWithin(gems, root)) ? [] : [gems];
  return {
    ok: true,
    plan: {
      name: 'Ruby',
      image,
      imageEvidence: citeSource(IMAGE, 'the slim variant has what runs Ruby, and no compilers'),
      copies: [...new Set([GEMS, ...own, ...roots])].map((folder) => ({ path: folder })),
      prune: [],
      linked: { folders: [...new Set([GEMS, ...own, ...roots])], programs: [] },
      packages: [],
      notes: [`copies all gems, and all of ${roots.join(', ')}`],
      evidence: [cite(document, installs.offset + installs.start)],
    },
  };
}

export const ruby: Stack = {
  matches: (repository) => /^(?:(?:amd64|arm64v8)\/)?ruby$/.test(repository),
  role,
  buildPackages: /^git$/,
  plan,
};
