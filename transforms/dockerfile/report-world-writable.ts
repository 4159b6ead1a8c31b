import { cite, citeSource } from '../../src/core/evidence.js';
import type { Range } from '../../src/core/text.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Stage } from '../../src/formats/dockerfile/document.js';
import { stageChain } from '../../src/formats/dockerfile/scope.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, runningStages } from '../../src/workload/dockerfile.js';
import { programName } from '../../src/workload/startup.js';
import { withoutSudo } from '../../src/workload/sudo-words.js';

const REFERENCE = 'https://man7.org/linux/man-pages/man1/chmod.1.html';
/** Modes that let others write, without the sticky bit that keeps them from each other's files. */
const WRITABLE = /^(?:[0246]?[0-7][0-7][2367]|(?:\S*,)?(?:[ug]*[oa][ugoa]*)?[+=][rxX]*w[rwxXst]*(?:,\S*)?)$/;
const SET_ID = /^(?:[2467][0-7]{3}|(?:\S*,)?[ug]*[+=][rwxX]*s\S*)$/;

const SET_ID_FAULT = 'runs with the rights of its owner, whoever starts it';

function faultOf(mode: string): string | undefined {
  if (SET_ID.test(mode)) return SET_ID_FAULT;
  if (/^[ug]+[+=]/.test(mode)) return undefined;
  return WRITABLE.test(mode) ? 'can be changed by any user of the container' : undefined;
}

function findingsOf(
  document: DockerfileDocument,
  stage: Stage,
  context: DockerfileContext,
): readonly Finding[] {
  const build = imageBuild(document, stage, context);
  const finding = (range: Range, what: string, fault: string): Finding => ({
    subject: ['stages', String(stage.index)],
    range,
    message: `${what} ${fault}`,
    evidence: [cite(document, range.start), citeSource(REFERENCE, 'the last digit is what others may do')],
    safety: 'manual',
    reason:
      fault === SET_ID_FAULT
        ? 'what it is for is not known: a service of its own, or a capability, does less'
        : 'who has to write there is not known: give it to that user or group instead',
    suggestion:
      'chown <user>:<group> <path>, or chgrp 0 <path> and chmod g=u <path> for a user that is chosen at start',
  });
  const copies = stage.instructions.flatMap((instruction): Finding[] => {
    const mode = instruction.flags.find(({ name }) => name === 'chmod')?.value ?? '';
    const fault = faultOf(mode);
    return fault === undefined ? [] : [finding(instruction, `what ${instruction.keyword} brings`, fault)];
  });
  const runs = build.runCommands
    .filter(({ instruction }) => instruction.stage === stage.index)
    .flatMap((written): Finding[] => {
      const command = withoutSudo(written);
      if (programName(command.program ?? '') !== 'chmod') return [];
      const [mode, ...paths] = command.args.filter(({ text }) => !/^-[-a-zA-Z]*[Rvcf]/.test(text));
      const fault = faultOf(mode?.text ?? '');
      const named = paths
        .filter(({ text }) => !/^\/(?:var\/)?tmp\/?$|^\/dev\//.test(text))
        .map(({ text }) => text);
      if (fault === undefined || named.length === 0) return [];
      const { offset, start, end } = written;
      return [finding({ start: offset + start, end: offset + end }, named.join(' '), fault)];
    });
  return [...copies, ...runs];
}

export const reportWorldWritable: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/report-world-writable',
    title: 'Let only who must write files of the image',
    description:
      'chmod 777 makes a program, or what it loads, changeable by every process in the container; a set-user-ID bit ' +
      'gives the rights of its owner to all. Who has to write is not in the file, so the finding only names the place.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'Nothing: it reports only.',
    touches: [],
    controls: ['CIS-Docker-4.8'],
    references: [REFERENCE],
  },
  run: (document, context) => {
    const stages = new Set(runningStages(document, context).flatMap(stageChain));
    return [...stages].flatMap((stage) => findingsOf(document, stage, context));
  },
};
