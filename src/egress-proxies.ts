import type { Companion } from './core/companion.js';
import { seal } from './io/write.js';
import type { OwnFiles } from './own-files.js';
import { egressConfigPath, egressRules, squidConfig } from './workload/compose/egress-proxy.js';

/** The transform that puts a proxy. */
const TRANSFORM = 'compose/limit-egress';

/** The configuration of the proxy by which services of a Compose file reach the outside, as it is planned. */
export function egressProxies({ plan, applied, planned, file }: OwnFiles): readonly Companion[] {
  const [entry] = applied(TRANSFORM);
  if (entry === undefined) return [];
  const rules = egressRules([...planned().values()]);
  if (rules.length === 0) return [];
  const path = egressConfigPath(plan.path);
  const text = seal(squidConfig(rules), plan.path);
  const subject = rules.map(({ service }) => service).join(', ');
  const reason = 'lets through the hosts that are named, and no other';
  return [file(entry, { kind: 'squid', path, text }, { subject, reason })];
}
