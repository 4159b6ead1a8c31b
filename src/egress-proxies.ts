import type { CompanionMode } from './companions.js';
import { ownFile, type Companion } from './core/companion.js';
import type { FilePlan } from './core/plan.js';
import { parseCompose } from './formats/compose/parse.js';
import type { Run } from './harden.js';
import { seal } from './io/write.js';
import { egressConfigPath, egressRules, squidConfig } from './workload/compose/egress-proxy.js';
import { folderOf, join } from './workload/compose/project.js';

/** The transform that puts a proxy. */
const TRANSFORM = 'compose/limit-egress';

/** The configuration of the proxy by which services of a Compose file reach the outside, as it is planned. */
export function egressProxies(run: Run, plan: FilePlan, mode: CompanionMode): readonly Companion[] {
  const entry = plan.entries.find(
    ({ disposition, meta }) => disposition === 'applied' && meta.id === TRANSFORM,
  );
  const parsed = entry === undefined ? undefined : parseCompose(plan.path, plan.result);
  if (entry === undefined || parsed?.ok !== true) return [];
  const context = run.projects.composeContext(parsed.document);
  const rules = egressRules(parsed.document.services.flatMap(({ name }) => context.workload(name) ?? []));
  if (rules.length === 0) return [];
  const path = join(folderOf(plan.path), egressConfigPath(plan.path));
  const file = {
    kind: 'squid',
    path,
    variant: mode === 'write',
    source: plan.path,
    original: run.workspace.reader.read(path),
    text: seal(squidConfig(rules), plan.path),
  } as const;
  const subject = rules.map(({ service }) => service).join(', ');
  return [ownFile(file, entry, { subject, reason: 'lets through the hosts that are named, and no other' })];
}
