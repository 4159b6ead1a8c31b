import { parseImageReference } from '../../src/catalogue/catalogue.js';
import { pairAt, valueAt } from '../../src/formats/toml/document.js';
import { quoted, replaceValue } from '../../src/formats/toml/edit.js';
import { refused } from '../../src/core/text.js';
import { about, FLY_CONFIG, manual, type FlyTransform } from './service.js';

const PATH = ['build', 'image'];

export const pinImage: FlyTransform = {
  meta: {
    id: 'fly/pin-image',
    title: 'Pin the image to the digest of its tag',
    description:
      "A tag can be moved: who controls the registry, or an account there, decides what the next fly deploy starts. With --pin-digests the image gets the digest that its tag has now, asked of the registry itself (or of harden.lock); the tag stays for people and for the tools that update both. Images in the registry of Fly are the project's own and are left. Without the option only images with no tag, or latest, are reported.",
    severity: 'medium',
    phase: 1,
    mayBreak: 'Updates no longer arrive with the tag: let Renovate raise tag and digest together.',
    touches: ['build.image'],
    controls: ['NIST-800-190-4.1.5'],
    references: [
      `${FLY_CONFIG}#specify-a-docker-image`,
      'https://docs.docker.com/dhi/core-concepts/digests/',
    ],
  },
  run: (document, { digests }) => {
    const image = valueAt(document, PATH);
    if (typeof image !== 'string' || image.includes('@') || image.startsWith('registry.fly.io/')) return [];
    const tag = parseImageReference(image)?.tag;
    const base = {
      ...about(document, PATH, 'its image may be another one with the next deployment'),
      subject: ['build'],
    };
    if (digests === undefined) {
      if (tag !== undefined && tag !== 'latest') return [];
      const reason = tag === undefined ? 'it names no version' : 'latest is no version';
      return [manual(base, reason, 'name a version, or pin what there is now: harden --pin-digests')];
    }
    const resolution = digests.get(image);
    if (resolution?.ok !== true) {
      return [manual(base, resolution?.reason ?? 'its name is none that a registry knows')];
    }
    const pinned = `${image}${tag === undefined ? ':latest' : ''}@${resolution.digest}`;
    const change = `image = ${quoted(document, pinned)}`;
    const pair = pairAt(document, PATH);
    const edit =
      pair === undefined
        ? refused('it is not written as a key')
        : replaceValue(pair, quoted(document, pinned));
    if (!edit.ok) return [manual(base, edit.reason, change)];
    return [{ ...base, safety: 'safe', change, edits: edit.edits }];
  },
};
