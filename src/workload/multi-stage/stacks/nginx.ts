import { cite, citeSource } from '../../../core/evidence.js';
import { copySources } from '../../copied-files.js';
import type { RunCommand } from '../../image-needs.js';
import { programName } from '../../startup.js';
import { BUILD, UNLINKED, type Project, type Role, type Stack, type StackOutcome } from '../model.js';
import { splitImage } from '../runtime-image.js';

const UNPRIVILEGED = 'https://github.com/nginx/docker-nginx-unprivileged#troubleshooting-tips';
/** The image's document root: https://github.com/nginx/docker-nginx/blob/master/mainline/debian/Dockerfile */
export const DOCUMENT_ROOT = '/usr/share/nginx/html';

function role(command: RunCommand): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  return /^(?:node|npm|npx|yarn|pnpm|hugo|jekyll|bundle|gem|mkdocs|sphinx-build|zola|tsc)$/.test(program)
    ? BUILD
    : undefined;
}

/** True when the project brings the server's configuration, and so says itself which port it listens on. */
function bringsConfiguration({ document, stage }: Project): boolean {
  return stage.instructions.some(({ keyword, ...instruction }) => {
    if (keyword !== 'COPY' && keyword !== 'ADD') return false;
    const target = copySources(document, stage, { keyword, ...instruction })?.destination ?? '';
    return /^\/etc\/nginx\/conf\.d\/default\.conf$/.test(target);
  });
}

/**
 * A site that a build writes into nginx's document root. The image without root listens on 8080 by default: it is only
 * taken where the project's own configuration says the port.
 */
function plan(project: Project): StackOutcome {
  const { build, document, stage } = project;
  const builds = build.runCommands.find((command) => role(command) === BUILD);
  if (builds === undefined) return { ok: false, reason: 'nothing is built' };
  const configured = bringsConfiguration(project);
  const tag = splitImage(stage.image)?.tag;
  const image = configured ? `nginxinc/nginx-unprivileged${tag === undefined ? '' : `:${tag}`}` : stage.image;
  const evidence = configured
    ? citeSource(UNPRIVILEGED, 'the same nginx, started as a user that is not root')
    : cite(document, stage.from.start);
  return {
    ok: true,
    plan: {
      name: 'static site',
      image,
      imageEvidence: evidence,
      copies: [{ path: DOCUMENT_ROOT }],
      prune: [],
      linked: UNLINKED,
      packages: [],
      notes: [`copies ${DOCUMENT_ROOT}, which is what is served`],
      evidence: [cite(document, builds.offset + builds.start)],
    },
  };
}

export const nginx: Stack = {
  matches: (repository) => repository === 'nginx',
  folders: [DOCUMENT_ROOT],
  followsGlobal: true,
  role,
  buildPackages: /^(?:git|nodejs|npm|yarn|hugo|python3.*|ruby.*)$/,
  plan,
};
