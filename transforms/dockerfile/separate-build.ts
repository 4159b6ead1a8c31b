import type { Finding, Transform } from '../../src/core/types.js';
import { combine, edits, lineEnding, refused, type Edits } from '../../src/core/text.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import { nameStage } from '../../src/formats/dockerfile/edit.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { planConversion } from '../../src/workload/multi-stage/convert.js';
import type { Conversion } from '../../src/workload/multi-stage/model.js';
import { runtimeStage } from '../../templates/runtime-stage.js';

const REFERENCE = 'https://docs.docker.com/build/building/multi-stage/';
const MESSAGE = 'compilers, development dependencies and sources of the build are in the image that runs';

function editsFor(document: DockerfileDocument, { parts, unnamed }: Conversion): Edits {
  const eol = lineEnding(document.text);
  const last = document.text.trimEnd();
  if (last.endsWith(document.escape)) return refused('the file ends in a continuation that leads nowhere');
  const at = document.instructions.at(-1)?.end ?? document.text.length;
  const appended = { start: at, end: at, text: eol + runtimeStage(parts).replaceAll('\n', eol) };
  return combine(unnamed ? nameStage(document.finalStage, parts.build) : edits(), edits(appended));
}

function findingOf(document: DockerfileDocument, context: DockerfileContext): Finding | undefined {
  const outcome = planConversion(document, context);
  if (outcome === undefined) return undefined;
  const base = { subject: ['stages'], range: document.finalStage.from, message: MESSAGE };
  if (!outcome.ok) {
    if (outcome.kind === 'settled') {
      return {
        ...base,
        message: 'it has one stage',
        evidence: [],
        safety: 'accepted',
        reason: outcome.reason,
      };
    }
    return { ...base, evidence: outcome.evidence, safety: 'manual', reason: outcome.reason };
  }
  const edit = editsFor(document, outcome);
  if (!edit.ok) return { ...base, evidence: outcome.evidence, safety: 'manual', reason: edit.reason };
  return {
    ...base,
    evidence: outcome.evidence,
    safety: 'unsafe',
    change: `a runtime stage on ${outcome.parts.image} (${outcome.stack}): ${outcome.notes.join('; ')}`,
    edits: edit.edits,
  };
}

export const separateBuild: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/separate-build',
    title: 'Build in one stage, run in another',
    description:
      'An image of one stage ships what built it. The instructions stay as they are, as the build stage; a runtime stage ' +
      'on a smaller variant of the same image gets what runs: the project without development dependencies, the packages ' +
      'that the program needs, the shared libraries that its files link to, and all settings. Where it is not sure ' +
      'whether something runs, it is copied. In phase 3 --base distroless, chainguard or dhi (Docker Hardened Images) puts it on an image without a ' +
      'shell, where the program, its sources and its checks need none.',
    severity: 'medium',
    phase: 2,
    mayBreak:
      'A program or file that only the build image had is missing: build it, start it, and look for "not found" and "No such file".',
    touches: ['stages.0.FROM', 'stages.1', 'stages.2'],
    restructures: true,
    controls: ['CIS-Docker-4.3', 'NIST-800-190-4.1.2'],
    references: [REFERENCE, 'https://docs.docker.com/build/building/best-practices/#use-multi-stage-builds'],
  },
  run: (document, context) => {
    const finding = findingOf(document, context);
    return finding === undefined ? [] : [finding];
  },
};
