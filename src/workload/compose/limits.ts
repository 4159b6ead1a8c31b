import { isRecord, type Plain } from './plain.js';
import type { ServiceView } from './project.js';

/** A limit on a resource, as Compose writes it in its two places. */
export interface Limit {
  readonly key: 'pids_limit' | 'mem_limit' | 'cpus';
  readonly inDeploy: 'pids' | 'memory' | 'cpus';
}

/** True when some layer of the service sets the limit, in either place. */
export function isLimited(view: ServiceView, { key, inDeploy }: Limit): boolean {
  return view.last(key) !== undefined || limitsOf(view).some((limits) => limits[inDeploy] !== undefined);
}

/** What the layers of a service say below `deploy.resources.limits`. */
export function limitsOf(view: ServiceView): readonly Readonly<Record<string, Plain>>[] {
  return view.fields('deploy').flatMap(({ value }) => {
    const resources = isRecord(value) ? value.resources : undefined;
    const limits = isRecord(resources) ? resources.limits : undefined;
    return isRecord(limits) ? [limits] : [];
  });
}
