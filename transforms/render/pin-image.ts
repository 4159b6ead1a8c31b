import { parseImageReference } from '../../src/catalogue/catalogue.js';
import { replaceImage } from '../../src/formats/render-yaml/edit.js';
import { citeResource, imageUrl } from '../../src/workload/render/resource.js';
import { blueprintField, forEachResource, manual, proposal } from './resource.js';

const MESSAGE = 'its image may be another one with the next deploy';

export const pinImage = forEachResource(
  {
    id: 'render/pin-image',
    title: 'Pin images to the digest of their tag',
    description:
      'A tag can be moved: who controls the registry, or an account there, decides what runs after the next deploy. With --pin-digests the image gets the digest that its tag has now, asked of the registry itself (or of harden.lock). Render documents a tag or a digest, not both: the tag goes, and stands in a comment beside it where there is room for one. Without the option only images with no tag, or latest, are reported.',
    severity: 'medium',
    phase: 1,
    mayBreak: 'Updates no longer arrive with the tag: raise the digest by hand or with a tool.',
    touches: ['services.*.image.url'],
    controls: ['CIS-Docker-5.28', 'NIST-800-190-4.1.5'],
    references: [blueprintField('image'), 'https://render.com/docs/deploying-an-image'],
  },
  (view, { digests }) => {
    const url = imageUrl(view);
    if (url === undefined || url.includes('@')) return undefined;
    const evidence = [citeResource(view, 'image', 'url')];
    const tag = parseImageReference(url)?.tag;
    if (digests === undefined) {
      if (tag !== undefined && tag !== 'latest') return undefined;
      const reason = tag === undefined ? 'it names no version' : 'latest is no version';
      const suggestion = 'name a version, or pin what there is now: harden --pin-digests';
      return manual(view, { message: MESSAGE, evidence, reason, suggestion });
    }
    const resolution = digests.get(url);
    if (resolution?.ok !== true) {
      const reason = resolution?.reason ?? 'it is no image reference';
      return manual(view, { message: MESSAGE, evidence, reason });
    }
    const name = tag === undefined ? url : url.slice(0, -tag.length - 1);
    const pinned = `${name}@${resolution.digest}`;
    return proposal(
      view,
      { message: MESSAGE, evidence, change: `image.url: ${pinned}`, safety: 'safe' },
      () => replaceImage(view.document, view.resource, pinned, tag ?? 'latest'),
    );
  },
);
