import { parseImageReference } from '../../src/catalogue/catalogue.js';
import { refused, type Edits } from '../../src/core/text.js';
import { suffixScalar } from '../../src/formats/compose/edit.js';
import { citeField, type Field } from '../../src/workload/compose/project.js';
import { forEachService, isWrittenIn, manual, proposal, type DeclaredService } from './service.js';

const MESSAGE = 'its image may be another one with the next pull';

export const pinImage = forEachService(
  {
    id: 'compose/pin-image',
    title: 'Pin images to the digest of their tag',
    description:
      'A tag can be moved: who controls the registry, or an account there, decides what runs after the next pull. With --pin-digests each image gets the digest that its tag has now, asked of the registry itself (or of harden.lock); the tag stays for people and for the tools that update both. Without that option only images with no tag, or latest, are reported.',
    severity: 'medium',
    phase: 1,
    mayBreak:
      'Updates no longer arrive with the tag: let Renovate or Dependabot raise tag and digest together.',
    touches: ['services.*.image'],
    controls: ['CIS-Docker-5.28', 'NIST-800-190-4.1.5'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#image',
      'https://docs.docker.com/dhi/core-concepts/digests/',
    ],
  },
  (declared, { digests }) => {
    const { view, origin } = declared.workload;
    const field = view.last('image');
    // What is built here has no registry's digest.
    if (field === undefined || typeof field.value !== 'string' || origin.kind === 'built') return undefined;
    if (view.last('build') !== undefined || field.value.includes('@')) return undefined;
    const { text, unresolved } = view.project.interpolate(field.value);
    const tag = parseImageReference(text)?.tag;
    const evidence = [citeField(field)];
    if (digests === undefined) {
      if (unresolved.length > 0 || (tag !== undefined && tag !== 'latest')) return undefined;
      const reason = tag === undefined ? 'it names no version' : 'latest is no version';
      const suggestion = 'name a version, or pin what there is now: harden --pin-digests';
      return manual(declared, { message: MESSAGE, evidence, reason, suggestion });
    }
    if (text !== field.value || unresolved.length > 0) {
      return manual(declared, {
        message: MESSAGE,
        evidence,
        reason: 'its name holds a variable: pin it where that gets its value',
      });
    }
    const resolution = digests.get(text);
    if (resolution?.ok !== true) {
      const reason = resolution?.reason ?? 'it is no image reference';
      return manual(declared, { message: MESSAGE, evidence, reason });
    }
    const suffix = `${tag === undefined ? ':latest' : ''}@${resolution.digest}`;
    return proposal(
      declared,
      'known',
      { message: MESSAGE, evidence, change: `image: ${text}${suffix}`, unknownReason: '' },
      () => append(declared, field, suffix),
    );
  },
);

function append(declared: DeclaredService, field: Field, suffix: string): Edits {
  if (!isWrittenIn(declared, field) || field.node === undefined) {
    return refused('its image comes from an anchor or another service');
  }
  return suffixScalar(declared.service, field.node, suffix);
}
