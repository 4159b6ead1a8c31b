import type { Evidence } from '../../../core/types.js';
import { because, known, likely, unknown, weakest, type Need } from '../../model.js';
import type { Origin } from '../origin.js';
import { isRecord, strings, type Plain } from '../plain.js';
import { citeField, type ServiceView } from '../project.js';

/** `server`: runs until it is stopped. `job`: ends by itself, or is called by hand. */
export type Lifetime = 'server' | 'job';

/** A job goes by what it does. */
const JOB_NAME =
  /(?:^|[-_.])(?:init(?:ialize|ialise|ializer|db)?|migrat\w*|seed\w*|setup|bootstrap|provision\w*|install\w*|create\w*|tests?|e2e|lint\w*|build(?:er)?|jobs?|tasks?|backup\w*|restore|cli|shell|console|tools?|devcontainer|sut|k6|newman|fix\w*|perm(?:s|issions?)|imports?|exports?|generate)(?:$|[-_.\d])/i;
const JOB_COMMAND =
  /^\s*(?:true|exit\b.*)["']?\s*$|(?:^|[\s/"':])(?:migrate|migrations?|upgrade|seed|pytest|jest|vitest|playwright|cypress|tox|test|lint|install|initdb|sleep|tail|chown|chmod|mkdir|cp|mc)(?=$|[\s;:"'])/;

/** True for a name, of a service or a stage, that says that it ends by itself. */
export function isJobName(name: string): boolean {
  return JOB_NAME.test(name);
}

/** Whether a restart after a failure helps, or would run something once more that was meant to run once. */
export function lifetimeNeed(view: ServiceView, origin: Origin): Need<Lifetime> {
  const job = jobEvidence(view, origin);
  if (job !== undefined) return known('job', job);
  if (isJobName(view.name)) return likely('job');
  for (const key of ['entrypoint', 'command']) {
    const field = view.last(key);
    if (field !== undefined && JOB_COMMAND.test(lastCommand(strings(field.value).join(' ')))) {
      return likely('job', citeField(field));
    }
  }
  if (origin.kind === 'server') {
    const { role } = origin.facts;
    return role === 'tool' ? likely('job', ...origin.evidence) : known('server', ...origin.evidence);
  }
  const serving = ['ports', 'expose', 'healthcheck'].flatMap((key) => view.last(key) ?? [])[0];
  if (serving !== undefined) return likely('server', ...origin.evidence, citeField(serving));
  if (origin.kind === 'built' && origin.build.ports.length > 0) {
    return { ...likely('server', ...origin.evidence), certainty: weakest('likely', origin.certainty) };
  }
  const reason = 'nothing says whether it runs until it is stopped: a job must not be run once more';
  return because(unknown('server', ...origin.evidence), reason);
}

/** What a script runs last decides: a server is often preceded by a migration. */
function lastCommand(text: string): string {
  return text.split(/&&|\|\||[;\n]/).findLast((part) => /\w/.test(part)) ?? '';
}

function jobEvidence(view: ServiceView, origin: Origin): Evidence | undefined {
  const profiles = view.last('profiles');
  // A profile also chooses one of several data stores.
  const chosen = origin.kind === 'server' && ['data-store', 'broker'].includes(origin.facts.role);
  if (profiles !== undefined && !chosen) return citeField(profiles);
  const input = view.last('stdin_open');
  if (input?.value === 'true') return citeField(input);
  const deploy = view.last('deploy');
  if (isRecord(deploy?.value) && /-job$/.test(String(deploy.value.mode))) return citeField(deploy!);
  return waitedFor(view);
}

/** Who waits with `service_completed_successfully` expects an end. */
function waitedFor(view: ServiceView): Evidence | undefined {
  for (const other of view.project.services()) {
    for (const field of other.fields('depends_on')) {
      const entry: Plain | undefined = isRecord(field.value) ? field.value[view.name] : undefined;
      if (isRecord(entry) && entry.condition === 'service_completed_successfully') return citeField(field);
    }
  }
  return undefined;
}
