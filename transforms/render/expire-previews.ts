import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { cite } from '../../src/core/evidence.js';
import type { Chosen, NumberOption } from '../../src/core/options.js';
import { refused } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import { aliasedAnchors, ownPair, rangeOf } from '../../src/formats/compose/document.js';
import { addToMap } from '../../src/formats/compose/edit.js';
import { fieldOf, type BlueprintDocument } from '../../src/formats/render-yaml/document.js';
import { blueprintField, type RenderTransform } from './resource.js';

/** A review takes days, and an update of the pull request starts the count anew. */
const DAYS: NumberOption = {
  name: 'days',
  description: 'how many days a preview environment stays without an update',
  default: 7,
  minimum: 1,
  maximum: 365,
};

export const expirePreviews: RenderTransform = {
  meta: {
    id: 'render/expire-previews',
    title: 'Let preview environments expire',
    description:
      'A preview environment is a public copy of the services, with the values of the Blueprint, that runs the code of a pull request. By default it stays until the pull request is closed: those that are forgotten go on running code with known faults. With expireAfterDays Render takes down one that got no update for that long.',
    severity: 'low',
    phase: 2,
    mayBreak:
      'A preview environment that got no update for a week is gone, with what was in its data stores.',
    touches: ['previews.expireAfterDays'],
    controls: [],
    options: [DAYS],
    references: [
      blueprintField('previewsexpireafterdays'),
      'https://render.com/docs/preview-environments#automatic-expiration',
    ],
  },
  run: (document, _context, option) => {
    const root = document.yaml.contents;
    return isMap(root) ? decide(document, root as YAMLMap, option(DAYS)) : [];
  },
};

function decide(document: BlueprintDocument, root: YAMLMap, days: Chosen<number>): readonly Finding[] {
  const change = `previews.expireAfterDays: ${days.value}`;
  const { yaml } = document;
  const old = ownPair(root, 'previewsEnabled');
  const previews = ownPair(root, 'previews');
  const map = fieldOf(root, 'previews', yaml);
  const written = isMap(map) ? fieldOf(map as YAMLMap, 'generation', yaml) : undefined;
  const generation = valueOf(written);
  const made = generation ?? (valueOf(old?.value) === 'true' ? 'automatic' : undefined);
  const expires =
    fieldOf(root, 'previewsExpireAfterDays', yaml) ??
    (isMap(map) ? fieldOf(map as YAMLMap, 'expireAfterDays', yaml) : undefined);
  if ((made !== 'automatic' && made !== 'manual') || expires !== undefined) return [];
  const key = (previews ?? old)!.key;
  const base = {
    subject: ['previews'],
    range: rangeOf(key),
    message: 'preview environments stay until their pull request is closed',
    evidence: [cite(document, (written ?? key).range?.[0] ?? 0), ...days.evidence],
  };
  const own = previews?.value;
  if (own === undefined) {
    const reason = 'previewsEnabled is the old form of previews.generation, which has the setting beside it';
    const suggestion = `previews: { generation: ${made}, expireAfterDays: ${days.value} }`;
    return [{ ...base, safety: 'manual', reason, suggestion }];
  }
  const edit =
    !isMap(own) || isShared(own as Node, document)
      ? refused('previews is used elsewhere too')
      : addToMap(document, own as YAMLMap, 'expireAfterDays', days.value);
  return edit.ok
    ? [{ ...base, safety: 'unsafe', change, edits: edit.edits }]
    : [{ ...base, safety: 'manual', reason: edit.reason, suggestion: change }];
}

function isShared(node: Node, { yaml }: BlueprintDocument): boolean {
  const { anchor } = node as { anchor?: string };
  return anchor !== undefined && aliasedAnchors(yaml).has(anchor);
}

function valueOf(node: unknown): string | undefined {
  return isScalar(node) ? String(node.value) : undefined;
}
