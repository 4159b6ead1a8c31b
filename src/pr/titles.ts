import type { Format, TransformMeta } from '../core/types.js';
import { lower } from '../report/markdown.js';

const NAMES: Readonly<Record<Format, string>> = {
  dockerfile: 'Dockerfile',
  compose: 'Compose',
  systemd: 'systemd',
  quadlet: 'Quadlet',
  fly: 'fly.toml',
  render: 'Render',
};

/** As people call a format. */
export function formatName({ id }: Pick<TransformMeta, 'id'>): string {
  return NAMES[id.slice(0, id.indexOf('/')) as Format];
}

/** `Compose: drop all capabilities but the needed ones`. */
export function stepTitle(meta: TransformMeta): string {
  return `${formatName(meta)}: ${lower(meta.title)}`;
}
