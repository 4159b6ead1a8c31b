import { companionOptions, createCompanions } from '../companions.js';
import { redact } from '../core/redact.js';
import type { Run, RunOptions } from '../harden.js';
import { toldFinding } from '../render/finding.js';
import type { Planned } from '../writer.js';
import type { PlannedFile } from './types.js';

/** Makes of outcomes what users of the library see. */
export function createTeller(run: Run, options: RunOptions): (outcome: Planned) => PlannedFile {
  const companionsOf = createCompanions(run, companionOptions(run, options), 'preview');
  return ({ file, plan, notices, exposure }) => ({
    path: plan.path,
    format: file.format,
    status: plan.result === plan.original.text ? 'unchanged' : 'changed',
    original: plan.original.text,
    result: plan.result,
    findings: plan.entries.map((entry) => toldFinding(entry, plan.original)),
    failures: plan.failures.map(({ id, error }) => ({ id, error: redact(error) })),
    notices: notices.map(({ line, reason }) => ({ line, reason: redact(reason) })),
    exposure:
      exposure === undefined ? undefined : { before: exposure.before.score, after: exposure.after.score },
    companions: companionsOf(plan).files.map(({ kind, path, variant, source, original, text, notes }) => ({
      ...{ kind, path, variant, source, original, text, notes },
    })),
  });
}
