import type { Check } from '../check.js';
import type { VerifyOptions } from '../options.js';
import type { WorkingCopy } from '../subject.js';
import { composeChecks } from './compose.js';
import { deploymentChecks } from './deployment.js';
import { dockerfileChecks } from './dockerfile.js';
import { quadletChecks } from './quadlet.js';
import { unitChecks } from './systemd.js';

/** Has each hardened file read by the tools that will read it; what they say of the original too isn't harden's fault. */
export async function* staticChecks(copy: WorkingCopy, options: VerifyOptions): AsyncGenerator<Check> {
  yield* dockerfileChecks(copy, options);
  yield* composeChecks(copy, options);
  yield* unitChecks(copy, options);
  yield* quadletChecks(copy, options);
  yield* deploymentChecks(copy, options);
}
