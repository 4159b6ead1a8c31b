import { cite, citeSource } from '../../src/core/evidence.js';
import type { DockerfileDocument, Instruction } from '../../src/formats/dockerfile/document.js';
import { assignments } from '../../src/formats/dockerfile/scope.js';
import type { ResourceView, Variable } from '../../src/workload/render/resource.js';
import { isSecret } from '../../src/workload/render/secrets.js';
import { forEachResource, manual } from './resource.js';

const DOCKER = 'https://render.com/docs/docker';

export const reportBuildSecrets = forEachResource(
  {
    id: 'render/report-build-secrets',
    title: 'Keep secrets of the service out of its image',
    description:
      "Render hands every variable of a service to the build of its image as a build argument. Where the Dockerfile declares an ARG of that name, the value is part of the image's history, and whoever can pull the image reads it there. A build that needs a secret gets it as a secret file, mounted for one RUN.",
    severity: 'high',
    phase: 2,
    mayBreak:
      'The build no longer finds the value where its steps read the argument: they read the file then.',
    touches: [],
    controls: ['CIS-Docker-4.10', 'NIST-800-190-4.1.4'],
    references: [
      DOCKER,
      'https://render.com/docs/docker-secrets',
      'https://docs.docker.com/build/building/secrets/',
    ],
  },
  (view, { program, resources }) => {
    const dockerfile = program(view)?.dockerfile;
    if (dockerfile === undefined) return undefined;
    const declared = argumentsOf(dockerfile);
    const found = variablesOf(view, resources)
      .filter(({ variable }) => isSecret(variable) && declared.has(variable.name))
      .map(({ owner, variable }) => ({ owner, variable, instruction: declared.get(variable.name)! }));
    if (found.length === 0) return undefined;
    const names = [...new Set(found.map(({ variable }) => variable.name))].join(', ');
    return manual(view, {
      message: `the build puts what it gets as ${names} into the image`,
      evidence: [
        ...found.flatMap(({ owner, variable, instruction }) => [
          cite(owner.document, variable.offset),
          cite(dockerfile, instruction.start),
        ]),
        citeSource(DOCKER, 'environment variables of the service are build arguments too'),
      ],
      reason: 'whether the build needs it, only its steps tell',
      suggestion:
        'remove the ARG where no step reads it; else a secret file: RUN --mount=type=secret,id=<file>,dst=/etc/secrets/<file>',
    });
  },
);

/** The variables of a service, with those of the Blueprint's groups that it takes. */
function variablesOf(
  view: ResourceView,
  resources: readonly ResourceView[],
): readonly { readonly owner: ResourceView; readonly variable: Variable }[] {
  const groups = resources.filter(
    ({ resource }) => resource.section === 'envVarGroups' && view.groups.includes(resource.name),
  );
  return [view, ...groups].flatMap((owner) => owner.variables.map((variable) => ({ owner, variable })));
}

function argumentsOf(document: DockerfileDocument): ReadonlyMap<string, Instruction> {
  const found = new Map<string, Instruction>();
  for (const stage of document.stages) {
    for (const instruction of stage.instructions) {
      if (instruction.keyword !== 'ARG') continue;
      for (const [name] of assignments(instruction)) found.set(name, instruction);
    }
  }
  return found;
}
