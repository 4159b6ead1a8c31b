import { parseImageReference } from '../../src/catalogue/catalogue.js';
import { cite } from '../../src/core/evidence.js';
import { edits, refused, type Edits } from '../../src/core/text.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction, Word } from '../../src/formats/dockerfile/document.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { pulledImages, type PulledImage } from '../../src/workload/image-references.js';

/** `node:${VERSION}` and `$BASE`: the variable that ends the name. */
const LAST_VARIABLE = /\$(?:\{(\w+)\}|(\w+))$/;

interface ArgumentWord {
  readonly instruction: Instruction;
  readonly word: Word;
}

/** The only ARG before the first FROM that gives a variable its default. */
function globalArgument(document: DockerfileDocument, variable: string): ArgumentWord | undefined {
  const found = document.instructions.flatMap((instruction) =>
    instruction.keyword === 'ARG'
      ? instruction.words
          .filter(({ text }) => text === variable || text.startsWith(`${variable}=`))
          .map((word) => ({ instruction, word }))
      : [],
  );
  const [only] = found;
  return found.length === 1 && only?.instruction.stage === -1 ? only : undefined;
}

/** Appends the digest to the default of the ARG that ends the name, where that is all the ARG is for. */
function pinArgument(
  document: DockerfileDocument,
  image: PulledImage,
  suffix: string,
): { readonly edit: Edits; readonly subject: readonly string[] } {
  const variable = LAST_VARIABLE.exec(image.written)
    ?.slice(1)
    .find((name) => name !== undefined);
  const argument = variable === undefined ? undefined : globalArgument(document, variable);
  const subject = ['global'];
  if (variable === undefined || argument === undefined) {
    return { edit: refused('its name holds a variable: pin it where that gets its value'), subject };
  }
  const mentions = new RegExp(`\\$\\{?${variable}\\b`, 'g');
  const uses = document.instructions.flatMap(({ line }) => [...line.text.matchAll(mentions)]).length;
  if (uses !== 1)
    return { edit: refused(`${variable} is used in other places too: a digest would go there`), subject };
  const { text, end } = argument.word;
  const quote = /["']$/.exec(text)?.[0] ?? '';
  return { edit: edits({ start: end - quote.length, end: end - quote.length, text: suffix }), subject };
}

function findingOf(
  document: DockerfileDocument,
  image: PulledImage,
  { digests }: DockerfileContext,
): Finding | undefined {
  const { reference, written, stage, instruction, range } = image;
  const parsed = parseImageReference(reference);
  if (parsed === undefined || parsed.digest !== undefined) return undefined;
  const { tag } = parsed;
  const base = {
    subject: ['stages', String(stage.index)],
    range,
    message: `${reference} may be another image with the next build`,
    evidence: [cite(document, instruction.start)],
  };
  const manual = (reason: string, suggestion?: string): Finding => ({
    ...base,
    ...{ safety: 'manual', reason },
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  if (digests === undefined) {
    if (tag !== undefined && tag !== 'latest') return undefined;
    return manual(
      tag === undefined ? 'it names no version' : 'latest is no version',
      'name a version, or pin what there is now: harden --pin-digests',
    );
  }
  const resolution = digests.get(reference);
  if (resolution?.ok !== true) return manual(resolution?.reason ?? 'it is no image reference');
  const suffix = `${tag === undefined ? ':latest' : ''}@${resolution.digest}`;
  const { edit, subject } =
    written === reference
      ? { edit: edits({ start: range.end, end: range.end, text: suffix }), subject: base.subject }
      : pinArgument(document, image, suffix);
  if (!edit.ok) return manual(edit.reason);
  return { ...base, subject, safety: 'safe', change: `${reference}${suffix}`, edits: edit.edits };
}

export const pinImage: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/pin-image',
    title: 'Pin base images to the digest of their tag',
    description:
      'A tag can be moved: who controls the registry, or an account there, decides what the next build is made of. ' +
      'With --pin-digests each image that FROM, COPY --from or RUN --mount names gets the digest that its tag has now, ' +
      'asked of the registry itself (or of harden.lock); the tag stays for people and for the tools that update both. ' +
      'A name that ends in a variable is pinned in its ARG, where nothing else uses that. Without the option only ' +
      'images with no tag, or latest, are reported.',
    severity: 'medium',
    phase: 1,
    mayBreak:
      'Updates no longer arrive with the tag: let Renovate or Dependabot raise tag and digest together.',
    touches: ['stages.*.FROM', 'stages.*.COPY', 'stages.*.RUN', 'global.ARG'],
    controls: ['CIS-Docker-4.2', 'NIST-800-190-4.1.5'],
    references: [
      'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
      'https://docs.docker.com/dhi/core-concepts/digests/',
    ],
  },
  run: (document, context) =>
    pulledImages(document).flatMap((image) => findingOf(document, image, context) ?? []),
};
