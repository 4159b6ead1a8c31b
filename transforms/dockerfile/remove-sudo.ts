import { cite, citeSource } from '../../src/core/evidence.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { sudoPlan, type SudoFamily, type SudoStep } from '../../src/workload/sudo.js';

const REFERENCE = 'https://docs.docker.com/build/building/best-practices/#user';
const COPY = 'https://docs.docker.com/reference/dockerfile/#copy---chown---chmod';

function stepFinding(document: DockerfileDocument, { stage, run, kind, edits }: SudoStep): Finding {
  const base = {
    subject: ['stages', String(stage.index)],
    range: run,
    evidence: [
      cite(document, run.start),
      ...(kind === 'copy' ? [citeSource(COPY, 'COPY sets mode and owner')] : []),
    ],
    message: kind === 'copy' ? 'the build uses sudo for what COPY does itself' : 'root uses sudo',
  };
  if (!edits.ok) return { ...base, safety: 'manual', reason: edits.reason };
  const change = kind === 'copy' ? 'a flag of COPY instead of RUN sudo' : 'the same without sudo';
  return { ...base, safety: 'safe', change, edits: edits.edits };
}

function familyFinding({ stages, start, evidence, needs, edits, steps }: SudoFamily): Finding {
  const [only, more] = stages;
  const base = {
    subject: more === undefined && only !== undefined ? ['stages', String(only.index)] : ['stages'],
    range: { start, end: start + 1 },
    message: 'the image brings sudo: who takes over a process of a user that may use it is root',
  };
  const [first, ...others] = needs;
  if (first === undefined && edits.ok) {
    const rest =
      steps === 0
        ? ''
        : `; ${steps === 1 ? 'one RUN' : `${steps} RUNs`} between USER root and the user before`;
    return {
      ...base,
      evidence: [...evidence, citeSource(REFERENCE, 'avoid installing or using sudo')],
      safety: 'unsafe',
      change: `no sudo, and nothing that allows it${rest}`,
      edits: edits.edits,
    };
  }
  const count = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return {
    ...base,
    evidence: [...needs.flatMap((need) => need.evidence), ...evidence],
    safety: 'manual',
    reason: `${first?.reason ?? 'its edits are refused'}${count}`,
  };
}

export const removeSudo: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/remove-sudo',
    title: 'Build and run without sudo',
    description:
      'A user that may use sudo is root with one step more, and no-new-privileges stops sudo. Build steps that use it ' +
      'become a flag of COPY or run between USER root and the user before; when nothing that is built or started calls ' +
      'it any more, the package and what allows it go. Where a start script calls it, the finding names the line.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'A program that calls sudo by itself finds none: build the image, start it, and look for "sudo: not found". ' +
      'COPY --chmod needs BuildKit.',
    touches: ['stages.*.RUN', 'stages.*.COPY', 'stages.*.ADD', 'stages.*.USER'],
    restructures: true,
    controls: ['CIS-Docker-4.8', 'NIST-800-190-4.1.2'],
    references: [REFERENCE, COPY],
  },
  run: (document, context) => {
    const { families, steps } = sudoPlan(document, context);
    return [...steps.map((step) => stepFinding(document, step)), ...families.map(familyFinding)];
  },
};
