import { cite, citeSource } from '../../src/core/evidence.js';
import { edits, lineEnding, refused, type Edits } from '../../src/core/text.js';
import type { Evidence, Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../../src/formats/dockerfile/document.js';
import { insertBefore } from '../../src/formats/dockerfile/edit.js';
import { indentAt, rangeIn, shellAt, type RunScript } from '../../src/formats/dockerfile/run-script.js';
import { stageChain } from '../../src/formats/dockerfile/scope.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { stageRuns } from '../../src/workload/package-commands.js';
import {
  hidesDownload,
  interpreterOf,
  pipeRisk,
  pipeShell,
  shellObstacle,
} from '../../src/workload/pipes.js';

const REFERENCE = 'https://docs.docker.com/build/building/best-practices/#using-pipes';
const SHELL = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]';
const SET = 'set -o pipefail';

/** Turns the option on at the start of the script: in the `set` that stands there, or in one of its own. */
function setEdit(document: DockerfileDocument, run: RunScript): Edits {
  const [step] = run.script.steps;
  const [command] = run.script.commands;
  if (step === undefined || command === undefined || step.background) {
    return refused('the script starts in the background');
  }
  const options = command.args;
  const last = options.at(-1);
  if (
    command.program === 'set' &&
    command.start === step.start &&
    last !== undefined &&
    options.every(({ text }) => /^-[a-np-z]+$/.test(text))
  ) {
    const at = run.offset + last.end;
    return edits({ start: at, end: at, text: ' -o pipefail' });
  }
  const at = run.offset + step.start;
  const text = run.heredoc
    ? `${SET}${lineEnding(document.text)}${indentAt(run.text, step.start)}`
    : `${SET} && `;
  return edits({ start: at, end: at, text });
}

interface Hidden {
  readonly run: RunScript;
  readonly stage: Stage;
}

type Base = Pick<Finding, 'subject' | 'range' | 'message' | 'evidence'>;

function baseOf(document: DockerfileDocument, { run }: Hidden, ...more: readonly Evidence[]): Base {
  const pipeline = run.script.pipelines.find(hidesDownload) ?? run.script.steps[0]!;
  return {
    subject: ['stages', String(run.instruction.stage)],
    range: rangeIn(run, pipeline),
    message: 'a download that fails in front of a | goes unnoticed: the status is that of the last command',
    evidence: [cite(document, run.offset + pipeline.start), ...more],
  };
}

/** The option in the RUN's own script. */
function inScript(document: DockerfileDocument, hidden: Hidden, evidence: Evidence): Finding {
  const { run } = hidden;
  const base = baseOf(document, hidden, evidence);
  const risk = run.script.pipelines.map(pipeRisk).find((reason) => reason !== undefined);
  const edit = risk === undefined ? setEdit(document, run) : refused(risk);
  if (!edit.ok) return { ...base, safety: 'manual', reason: edit.reason, suggestion: SET };
  return { ...base, safety: 'unsafe', change: SET, edits: edit.edits };
}

/** A SHELL above the first such RUN: Debian's /bin/sh has no pipefail. */
function asInstruction(document: DockerfileDocument, hidden: Hidden): Finding {
  const { run, stage } = hidden;
  const obstacle = shellObstacle(document, stage, run.instruction);
  const dash = citeSource(
    'https://manpages.debian.org/bookworm/dash/dash.1.en.html',
    'set has no option pipefail',
  );
  if (obstacle !== undefined) {
    const { instruction, reason } = obstacle;
    const line = document.lines.lineOf(instruction.start);
    const base = baseOf(document, hidden, cite(document, instruction.start), dash);
    return {
      ...base,
      safety: 'manual',
      reason: `with bash and pipefail line ${line} may do something else: ${reason}`,
      suggestion: SHELL,
    };
  }
  const base = baseOf(document, hidden, dash);
  const edit = insertBefore(document, run.instruction, [SHELL]);
  if (!edit.ok) return { ...base, safety: 'manual', reason: edit.reason, suggestion: SHELL };
  return { ...base, safety: 'unsafe', change: SHELL, edits: edit.edits };
}

/** True when the SHELL put above an instruction is in force for another one. */
function covers(first: Hidden, other: Hidden): boolean {
  const between = (instruction: Instruction): boolean =>
    instruction.keyword === 'SHELL' &&
    instruction.index > first.run.instruction.index &&
    instruction.index < other.run.instruction.index;
  const chain = stageChain(other.stage);
  return chain.includes(first.stage) && !chain.some(({ instructions }) => instructions.some(between));
}

function findings(document: DockerfileDocument, context: DockerfileContext): Finding[] {
  const shells: Hidden[] = [];
  return document.stages.flatMap((stage) =>
    stageRuns(document, stage).flatMap((run): Finding[] => {
      const hidden = { run, stage };
      const on = /pipefail/.test(`${run.text} ${run.instruction.argumentText}`);
      const inherited =
        shellAt(document, stage, run.instruction)?.some((word) => /pipefail/.test(word)) === true;
      if (on || (inherited && interpreterOf(run) === '') || !run.script.pipelines.some(hidesDownload))
        return [];
      const shell = pipeShell(document, stage, run, context);
      switch (shell.kind) {
        case 'knows pipefail':
          return [inScript(document, hidden, citeSource(shell.source, shell.says))];
        case 'unknown':
          return [{ ...baseOf(document, hidden), safety: 'manual', reason: shell.reason, suggestion: SHELL }];
        case 'dash beside bash':
          if (shells.some((first) => covers(first, hidden))) return [];
          shells.push(hidden);
          return [asInstruction(document, hidden)];
      }
    }),
  );
}

export const usePipefail: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/use-pipefail',
    title: 'Stop the build when a download in a pipe fails',
    description:
      'The status of `curl … | tar x` is the last command’s: a download that breaks off leaves half a program, an empty ' +
      'key or a script that ran to its middle, and the layer is kept. With pipefail the RUN fails. bash and ash turn it ' +
      'on in the RUN; Debian’s sh lacks it, so bash becomes the SHELL where that changes nothing else.',
    severity: 'medium',
    phase: 2,
    mayBreak:
      'A build that passed although a download failed now stops. SHELL is inherited by images that are built on this one.',
    touches: ['stages.*.RUN', 'stages.*.SHELL'],
    controls: [],
    references: [REFERENCE, 'https://docs.docker.com/reference/dockerfile/#shell'],
  },
  run: findings,
};
