import { cite, citeSource } from '../../../core/evidence.js';
import { joinPath } from '../../../formats/dockerfile/scope.js';
import type { RunCommand } from '../../image-needs.js';
import { programName } from '../../startup.js';
import { startedProgram } from '../binary.js';
import { BUILD, UNLINKED, type Project, type Role, type Stack, type StackOutcome } from '../model.js';
import { words } from '../roles.js';
import { splitImage } from '../runtime-image.js';

const IMAGE = 'https://learn.microsoft.com/dotnet/core/docker/container-images';

function role(command: RunCommand): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  return /^(?:dotnet|npm|yarn|node|npx)$/.test(program) ? BUILD : undefined;
}

function plan(project: Project): StackOutcome {
  const { build, document, stage, workdir } = project;
  const tag = splitImage(stage.image)?.tag;
  if (tag === undefined) return { ok: false, reason: `the tag of ${stage.image} says no version` };
  const started = startedProgram(project);
  if (started === undefined) return { ok: false, reason: 'the shell decides which program starts' };
  const library = started.args.find((word) => word.endsWith('.dll'));
  if (started.name !== 'dotnet' || library === undefined) {
    return {
      ok: false,
      reason: `it starts ${[started.name, ...started.args].slice(0, 2).join(' ')}, not a published program`,
      evidence: [started.evidence],
    };
  }
  const publish = build.runCommands.find(
    (command) => command.program === 'dotnet' && words(command)[0] === 'publish',
  );
  if (publish === undefined) return { ok: false, reason: 'no dotnet publish leaves what runs' };
  const path = joinPath(workdir, library);
  const folder = path.slice(0, path.lastIndexOf('/'));
  // Without it the SDK's image listens on port 5000 of loopback, the runtime's on 8080 of all addresses.
  const listens = [...build.scope.env.keys()].some((name) =>
    /^(?:ASPNETCORE_(?:URLS|HTTPS?_PORTS)|DOTNET_URLS)$/.test(name),
  );
  if (!listens && !started.args.some((word) => word.startsWith('--urls'))) {
    return {
      ok: false,
      reason:
        'nothing says which port it listens on, and the default differs between the SDK and the runtime image: set ASPNETCORE_HTTP_PORTS',
    };
  }
  return {
    ok: true,
    plan: {
      name: '.NET',
      image: `mcr.microsoft.com/dotnet/aspnet:${tag}`,
      imageEvidence: citeSource(IMAGE, 'aspnet has what runs published programs, and no SDK'),
      copies: [{ path: folder }],
      prune: [],
      linked: UNLINKED,
      packages: [],
      notes: [`copies ${folder}, which dotnet publish wrote`],
      evidence: [cite(document, publish.offset + publish.start), started.evidence],
    },
  };
}

export const dotnet: Stack = {
  matches: (repository) => repository === 'mcr.microsoft.com/dotnet/sdk',
  role,
  buildPackages: /^(?:git|nodejs|npm)$/,
  plan,
};
