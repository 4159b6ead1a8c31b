import { near } from './core/near.js';
import { isNamed } from './core/select.js';
import { FORMATS, type Registry } from './registry.js';

/** What of a run's transforms and formats is wanted, by names. */
export interface Selection {
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly format?: readonly string[] | undefined;
}

/** Decides which transforms run, or the message for a name that no transform or format has. */
export function selectTransforms(
  { only, skip, format }: Selection,
  { ids }: Registry,
): ((id: string) => boolean) | string {
  const formats: readonly string[] = FORMATS;
  const stranger = format?.find((name) => !formats.includes(name));
  if (stranger !== undefined) {
    const meant = near(stranger, formats);
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    return `there is no format ${stranger}: it is one of ${formats.join(', ')}.${hint}`;
  }
  for (const name of [...(only ?? []), ...(skip ?? [])]) {
    if (ids.some((id) => isNamed(id, name))) continue;
    const suggestion = near(name, ids);
    const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
    return `there is no transform ${name}.${hint} 'harden list' shows them all.`;
  }
  return (id) =>
    (only === undefined || only.some((name) => isNamed(id, name))) &&
    skip?.some((name) => isNamed(id, name)) !== true;
}
