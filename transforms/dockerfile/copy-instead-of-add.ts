import { cite, citeSource } from '../../src/core/evidence.js';
import type { Certainty, Evidence, Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../../src/formats/dockerfile/document.js';
import { replaceKeyword } from '../../src/formats/dockerfile/edit.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { contextPath, copySources } from '../../src/workload/copied-files.js';
import { weakest } from '../../src/workload/model.js';

const REFERENCE = 'https://docs.docker.com/reference/dockerfile/#add';
const ARCHIVE = /\.(?:tar|tar\.\w+|tgz|tbz2?|txz|tlz|tzst|gz|bz2|xz|zst)$/i;
const REMOTE = /^(?:https?|ftp):\/\//i;
const GIT = /^(?:git@|git:\/\/|ssh:\/\/)|\.git(?:#|$)/i;
/** Extensions of files that nobody packs as a tar archive. */
const PLAIN =
  /\.(?:conf|cfg|cnf|ini|toml|ya?ml|json|xml|properties|env|list|repo|sh|bash|py|rb|js|mjs|cjs|ts|tsx|jsx|php|pl|lua|sql|txt|md|html?|css|csv|jar|war|deb|rpm|apk|whl|gem|service|rules|crt|pem|key|asc|gpg|sum|mod|go|rs|c|h|java|lock|patch|template|tmpl|j2|erb)$/i;

type Verdict =
  | { readonly kind: 'local'; readonly certainty: Certainty; readonly reason: string }
  | { readonly kind: 'archive' | 'remote' | 'git' };

function local(certainty: Certainty, reason = ''): Verdict {
  return { kind: 'local', certainty, reason };
}

/** What a source is. Docker unpacks by content, so that only a file that was seen is known to be none. */
function judge(source: string | undefined, written: string, context: DockerfileContext): Verdict {
  const text = source ?? written;
  if (REMOTE.test(text)) return { kind: 'remote' };
  if (GIT.test(text)) return { kind: 'git' };
  if (ARCHIVE.test(text)) return { kind: 'archive' };
  if (source === undefined || /[*?[]/.test(source)) {
    return PLAIN.test(text)
      ? local('likely')
      : local('unknown', `${written} may match an archive, which ADD unpacks`);
  }
  const path = contextPath(context.buildContext, source);
  const kind = context.files.kind(path);
  if (kind === 'archive') return { kind: 'archive' };
  if (kind !== 'missing' || path === contextPath(context.buildContext, '.')) return local('known');
  if (PLAIN.test(source) || source.endsWith('/')) return local('likely');
  return local('unknown', `${source} is not in the repository: it may be an archive, which ADD unpacks`);
}

function findingOf(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
  context: DockerfileContext,
): Finding | undefined {
  const flags = new Set(instruction.flags.map(({ name }) => name));
  if (flags.has('checksum') || flags.has('keep-git-dir') || flags.has('unpack')) return undefined;
  const copy = copySources(document, stage, instruction);
  if (copy === undefined) return undefined;
  const written = instruction.json ?? instruction.words.map(({ text }) => text);
  const heredocs = instruction.heredocs.length;
  const verdicts =
    heredocs > 0
      ? [local('known')]
      : copy.sources.map((source, at) => judge(source, written[at] ?? '', context));
  const evidence: Evidence[] = [cite(document, instruction.start)];
  const base = { subject: ['stages', String(stage.index)], range: instruction };
  if (verdicts.some(({ kind }) => kind === 'remote')) {
    return {
      ...base,
      message:
        'ADD fetches over the network without a checksum: whoever controls the server decides what is built in',
      evidence: [
        ...evidence,
        citeSource(`${REFERENCE}---checksum`, 'ADD --checksum verifies a remote source'),
      ],
      safety: 'manual',
      reason: 'the checksum has to be computed from a download that you trust',
      suggestion: 'ADD --checksum=sha256:<digest> <url> <destination>',
    };
  }
  if (verdicts.some(({ kind }) => kind === 'git')) return undefined;
  if (verdicts.some(({ kind }) => kind === 'archive')) {
    const message = 'ADD unpacks a local archive';
    return { ...base, message, evidence, safety: 'accepted', reason: 'COPY would not unpack it' };
  }
  const message = 'ADD copies local files here, and would fetch or unpack other sources without a word';
  const locals = verdicts.filter((verdict) => verdict.kind === 'local');
  const certainty = weakest(...locals.map((verdict) => verdict.certainty));
  const manual = (reason: string): Finding => ({ ...base, message, evidence, safety: 'manual', reason });
  if (certainty === 'unknown') return manual(locals.find(({ reason }) => reason !== '')?.reason ?? '');
  const edit = replaceKeyword(document, instruction, 'COPY');
  if (!edit.ok) return manual(edit.reason);
  const safety = certainty === 'known' ? 'safe' : 'unsafe';
  return { ...base, message, evidence, safety, change: 'ADD becomes COPY', edits: edit.edits };
}

export const copyInsteadOfAdd: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/copy-instead-of-add',
    title: 'Copy local files with COPY',
    description:
      'ADD fetches URLs and unpacks archives; COPY only copies. Where every source is a local file or directory ' +
      'that ADD would not unpack, the keyword becomes COPY and the image stays the same.',
    severity: 'low',
    phase: 1,
    mayBreak:
      'Nothing, unless a source is an archive under a name that does not say so: ADD would have unpacked it.',
    touches: ['stages.*.ADD', 'stages.*.COPY'],
    controls: ['CIS-Docker-4.9'],
    references: [REFERENCE, 'https://docs.docker.com/build/building/best-practices/#add-or-copy'],
  },
  run: (document, context) =>
    document.stages.flatMap((stage) =>
      stage.instructions
        .filter(({ keyword }) => keyword === 'ADD')
        .flatMap((instruction) => findingOf(document, stage, instruction, context) ?? []),
    ),
};
