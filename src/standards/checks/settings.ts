import { citeField, citeWithin, type Field, type ServiceView } from '../../workload/compose/project.js';
import { isRecord } from '../../workload/compose/plain.js';
import type { ServiceWorkload } from '../../workload/compose/service.js';
import type { Evidence } from '../../core/types.js';

/** A key of a service with one value. */
export interface Setting {
  readonly field: Field;
  /** With the values of `.env` and defaults put in. */
  readonly text: string;
  /** A variable that nothing in the repository gives a value. */
  readonly variable: string | undefined;
}

/** The value of a key that wins; undefined without the key, and for a value that is no word. */
export function settingOf(view: ServiceView, key: string): Setting | undefined {
  const field = view.last(key);
  if (field === undefined || typeof field.value !== 'string') return undefined;
  const { text, unresolved } = view.project.interpolate(field.value);
  return { field, text, variable: unresolved[0] };
}

/** The line that makes a container privileged, by the default of a variable too. */
export function privilegedBy({ view, privileged }: ServiceWorkload): Evidence | undefined {
  if (privileged !== undefined) return privileged;
  const setting = settingOf(view, 'privileged');
  return setting?.variable === undefined && setting?.text === 'true' ? citeField(setting.field) : undefined;
}

/** Zero and -1 are no limits: https://docs.docker.com/reference/compose-file/services/#pids_limit */
const NO_LIMIT = /^(?:-\d+|0+(?:\.0+)?[a-z]*)$/i;

/** The line that limits a resource, in one of the places where Compose takes it; undefined where none does. */
export function limitOf(
  view: ServiceView,
  keys: readonly string[],
  inDeploy: string | undefined,
): Evidence | undefined {
  for (const key of keys) {
    const field = view.last(key);
    if (field !== undefined && !NO_LIMIT.test(textOf(view, field.value))) return citeField(field);
  }
  if (inDeploy === undefined) return undefined;
  const field = view.fields('deploy').findLast(({ value }) => {
    const resources = isRecord(value) ? value.resources : undefined;
    const limits = isRecord(resources) ? resources.limits : undefined;
    const limit = isRecord(limits) ? limits[inDeploy] : undefined;
    return limit !== undefined && !NO_LIMIT.test(textOf(view, limit));
  });
  return field === undefined ? undefined : citeWithin(field, 'resources', 'limits', inDeploy);
}

function textOf(view: ServiceView, value: unknown): string {
  return typeof value === 'string' ? view.project.interpolate(value).text : '';
}
