import { cite, citeSource } from '../../src/core/evidence.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, type ImageBuild } from '../../src/workload/dockerfile.js';
import { downloadsOf, type Download } from '../../src/workload/downloads.js';

const REFERENCE = 'https://docs.docker.com/build/building/best-practices/';
const CHECKSUM =
  'curl -fsSLo <file> <address of one version> && echo "<sha256>  <file>" | sha256sum -c - && sh <file>';

/** What is wrong with a download, and what remedies it. */
function fault({
  url,
  runBy,
  plain,
  insecure,
}: Download): readonly [message: string, reason: string] | undefined {
  if (runBy !== undefined) {
    const how = plain
      ? ', over a connection that anyone can change'
      : insecure
        ? ', from whoever answers'
        : '';
    return [
      `the build runs what ${url} serves today with ${runBy}, without checking it${how}`,
      'pin a version and check a sum that you computed from a download you trust',
    ];
  }
  if (insecure)
    return [
      `the build takes ${url} from whoever answers: the certificate is not checked`,
      'install ca-certificates, or the certificate of your own authority, and leave the option out',
    ];
  if (plain)
    return [
      `the build fetches ${url} over a connection that anyone on the way can change`,
      'use https, or check a sum that you computed from a download you trust',
    ];
  return undefined;
}

function findingsOf(document: DockerfileDocument, build: ImageBuild): readonly Finding[] {
  return downloadsOf(document, build).flatMap((download): Finding[] => {
    const found = fault(download);
    if (found === undefined) return [];
    const { offset, start, end } = download.command;
    return [
      {
        subject: ['stages', String(build.stage.index)],
        range: { start: offset + start, end: offset + end },
        message: found[0],
        evidence: [
          cite(document, offset + start),
          citeSource(REFERENCE, 'ADD --checksum verifies what it fetches'),
        ],
        safety: 'manual',
        reason: found[1],
        ...(download.runBy === undefined ? {} : { suggestion: CHECKSUM }),
      },
    ];
  });
}

export const reportPipedInstallers: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/report-piped-installers',
    title: 'Check what the build downloads before it runs',
    description:
      'curl | sh runs whatever the server, or who took it over, sends today, as the user that builds. The finding names ' +
      'the address. A sum helps only when it was computed from a download that a person trusts, so none is made up.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'Nothing: it reports only.',
    touches: [],
    controls: ['CIS-Docker-4.11', 'NIST-800-190-4.1.5'],
    references: [REFERENCE, 'https://docs.docker.com/reference/dockerfile/#add---checksum'],
  },
  run: (document, context) =>
    document.stages.flatMap((stage) => findingsOf(document, imageBuild(document, stage, context))),
};
