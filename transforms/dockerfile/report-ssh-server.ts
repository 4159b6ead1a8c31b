import { cite, citeSource } from '../../src/core/evidence.js';
import { enumeration } from '../../src/core/words.js';
import type { Evidence, Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Stage } from '../../src/formats/dockerfile/document.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, runningStages } from '../../src/workload/dockerfile.js';
import { programName } from '../../src/workload/startup.js';
import { withoutSudo } from '../../src/workload/sudo-words.js';

const REFERENCE = 'https://docs.docker.com/reference/cli/docker/container/exec/';
const SERVERS = /^(?:openssh-server|dropbear|dropbear-bin|tinysshd)$/;
const DAEMONS = /^(?:sshd|dropbear)$/;

function findingOf(
  document: DockerfileDocument,
  stage: Stage,
  context: DockerfileContext,
): Finding | undefined {
  const build = imageBuild(document, stage, context);
  const commands = build.runCommands.map(withoutSudo);
  const said: string[] = [];
  const evidence: Evidence[] = [];
  const note = (text: string, ...found: readonly Evidence[]): void => {
    if (found.length === 0) return;
    said.push(text);
    evidence.push(...found);
  };
  const where = (test: (name: string, words: readonly string[]) => boolean): Evidence[] =>
    commands.flatMap(({ program, words, offset, start }) =>
      test(
        programName(program ?? ''),
        words.map(({ text }) => text),
      )
        ? [cite(document, offset + start)]
        : [],
    );
  note(
    'installs an SSH server',
    ...where(
      (name, words) =>
        /^(?:apt|apt-get|apk|dnf|yum|microdnf|zypper)$/.test(name) &&
        words.some((word) => SERVERS.test(word)),
    ),
  );
  const starts = build.startup.programs.filter(
    ({ name = '', args }) =>
      DAEMONS.test(programName(name)) ||
      (/^(?:service|rc-service)$/.test(programName(name)) && /^(?:ssh|sshd|dropbear)$/.test(args[0] ?? '')),
  );
  note('starts it', ...starts.map((program) => program.evidence));
  note(
    'exposes port 22',
    ...build.scope.ports
      .filter(({ value }) => /^22(?:\/tcp)?$/i.test(value ?? ''))
      .map(({ instruction }) => cite(document, instruction.start)),
  );
  const keys = where((name, words) => name === 'ssh-keygen' && words.includes('-A'));
  note('has host keys that every container of the image shares', ...keys);
  if (said.length === 0) return undefined;
  note('sets a password', ...where((name) => /^(?:chpasswd|passwd)$/.test(name)));
  return {
    subject: ['stages', String(stage.index)],
    range: stage.from,
    message: `the image ${enumeration(said)}: a second way in, with keys and passwords of its own`,
    evidence: [...evidence, citeSource(REFERENCE, 'docker exec runs a command in a running container')],
    safety: 'manual',
    reason: 'whether people or machines log in over SSH is for you to say; docker exec needs no server',
  };
}

export const reportSshServer: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/report-ssh-server',
    title: 'Run no SSH server in the image',
    description:
      'An SSH server in an image is a second way in, usually as root, with host keys that all its containers share and ' +
      'with passwords that stay in its layers. docker exec and kubectl exec need none.',
    severity: 'high',
    phase: 2,
    mayBreak: 'Nothing: it reports only.',
    touches: [],
    controls: ['CIS-Docker-5.7', 'NIST-800-190-4.1.2'],
    references: [REFERENCE, 'https://csrc.nist.gov/pubs/sp/800/190/final'],
  },
  run: (document, context) =>
    runningStages(document, context).flatMap((stage) => findingOf(document, stage, context) ?? []),
};
