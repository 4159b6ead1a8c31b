import { parseImageReference } from '../../src/catalogue/catalogue.js';
import { replaceValue } from '../../src/formats/systemd/edit.js';
import { refused } from '../../src/core/text.js';
import { forContainer, manual, proposal, quadletKey, written } from './container.js';

const MESSAGE = 'its image may be another one with the next pull';

export const pinImage = forContainer(
  {
    id: 'quadlet/pin-image',
    title: 'Pin images to the digest of their tag',
    description:
      'A tag can be moved: who controls the registry, or an account there, decides what runs after the next pull. With --pin-digests the image gets the digest that its tag has now, asked of the registry itself (or of harden.lock); the tag stays for people and for the tools that update both. A container that podman auto-update renews from its registry keeps its tag: a digest would end that. Without the option only images with no tag, or latest, are reported.',
    severity: 'medium',
    phase: 1,
    mayBreak: 'Updates no longer arrive with the tag: let Renovate raise tag and digest together.',
    touches: ['Container.Image'],
    controls: ['CIS-Docker-5.28', 'NIST-800-190-4.1.5'],
    references: [
      quadletKey('Image'),
      quadletKey('AutoUpdate'),
      'https://docs.podman.io/en/latest/markdown/podman-auto-update.1.html',
    ],
  },
  (container, { digests }) => {
    const own = written(container, 'Image');
    const image = own?.entry.value ?? '';
    // The image of another unit is that unit's to pin, and what is built here has no registry's digest.
    if (own === undefined || /\.(?:build|image)$|^localhost\/|@/.test(image)) return undefined;
    const evidence = [own.evidence];
    const tag = /%/.test(image) ? undefined : parseImageReference(image)?.tag;
    if (digests === undefined) {
      if (/%/.test(image) || (tag !== undefined && tag !== 'latest')) return undefined;
      const reason = tag === undefined ? 'it names no version' : 'latest is no version';
      const suggestion = 'name a version, or pin what there is now: harden --pin-digests';
      return manual(container, { message: MESSAGE, evidence, reason, suggestion });
    }
    const renewed = written(container, 'AutoUpdate');
    if (renewed?.entry.value === 'registry') {
      const reason = 'podman auto-update renews it by its tag, which a digest would end';
      return manual(container, { message: MESSAGE, evidence: [...evidence, renewed.evidence], reason });
    }
    const resolution = digests.get(image);
    if (resolution?.ok !== true) {
      const reason = resolution?.reason ?? 'its name holds what only systemd fills in';
      return manual(container, { message: MESSAGE, evidence, reason });
    }
    const pinned = `${image}${tag === undefined ? ':latest' : ''}@${resolution.digest}`;
    return proposal(
      container,
      'known',
      { message: MESSAGE, evidence, assignments: [`Image=${pinned}`], unknownReason: '' },
      () =>
        own.entry.origin === undefined ? replaceValue(own.entry, pinned) : refused('it stands in a drop-in'),
    );
  },
);
