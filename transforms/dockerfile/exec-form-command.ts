import { cite, citeSource } from '../../src/core/evidence.js';
import { redact } from '../../src/core/redact.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction } from '../../src/formats/dockerfile/document.js';
import { replaceArguments } from '../../src/formats/dockerfile/edit.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, runningStages, type ImageBuild } from '../../src/workload/dockerfile.js';
import { execWords, programCertainty, standing } from '../../src/workload/exec-form.js';
import { weakest } from '../../src/workload/model.js';

const REFERENCE = 'https://docs.docker.com/reference/dockerfile/#shell-and-exec-form';

function findingOf(
  document: DockerfileDocument,
  build: ImageBuild,
  instruction: Instruction,
  context: DockerfileContext,
): Finding {
  const { keyword, argumentText } = instruction;
  const base = {
    subject: ['stages', String(build.stage.index)],
    range: instruction,
    message: `${keyword} in shell form puts a shell between the container's signals and the program`,
  };
  const evidence = [
    cite(document, instruction.start),
    citeSource(REFERENCE, 'the shell form runs /bin/sh -c'),
  ];
  const manual = (reason: string, suggestion?: string): Finding => ({
    ...base,
    evidence,
    safety: 'manual',
    reason,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  const parsed = execWords(argumentText);
  if (!parsed.ok) {
    if (parsed.replacesShell)
      return { ...base, evidence, safety: 'accepted', reason: `${parsed.reason}; exec replaces the shell` };
    return manual(parsed.reason, parsed.simple ? redact(`${keyword} exec ${argumentText}`) : undefined);
  }
  const place = standing(document, build, instruction, context.usedBy.length);
  if (!place.ok) return manual(place.reason);
  const program = programCertainty(document, build, parsed.words[0]!, context);
  if (program.certainty === 'unknown') return manual(program.reason);
  const json = `[${parsed.words.map((word) => JSON.stringify(word)).join(', ')}]`;
  const edit = replaceArguments(document, instruction, json);
  if (!edit.ok) return manual(edit.reason);
  return {
    ...base,
    evidence: [...evidence, ...place.evidence, ...program.evidence],
    safety: weakest(place.certainty, program.certainty) === 'known' ? 'safe' : 'unsafe',
    change: redact(`${keyword} ${json}`),
    edits: edit.edits,
  };
}

export const execFormCommand: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/exec-form-command',
    title: 'Start the program without a shell',
    description:
      'The shell form of CMD and ENTRYPOINT runs /bin/sh -c: the shell is PID 1, may keep SIGTERM from the program, ' +
      'and must be in the image. Where the text is one command that needs nothing of a shell, it becomes a JSON array.',
    severity: 'low',
    phase: 1,
    mayBreak:
      'The program becomes PID 1 and gets SIGTERM itself: check that the container still stops within its grace period.',
    touches: ['stages.*.CMD', 'stages.*.ENTRYPOINT'],
    // What comes before the program in its JSON form is for others to say.
    restructures: true,
    controls: [],
    references: [REFERENCE, 'https://docs.docker.com/reference/build-checks/json-args-recommended/'],
  },
  run: (document, context) =>
    runningStages(document, context).flatMap((stage) => {
      const build = imageBuild(document, stage, context);
      if (document.escape === '`' || build.family === 'windows') return [];
      return [build.scope.entrypoint, build.scope.command].flatMap((instruction) =>
        instruction?.stage === stage.index &&
        instruction.json === undefined &&
        instruction.argumentText !== ''
          ? [findingOf(document, build, instruction, context)]
          : [],
      );
    }),
};
