import { SEVERITIES, type Phase } from '../core/types.js';
import { subjectsOf } from './finding-sections.js';
import type { ReportFinding } from './findings.js';
import { blocks, code, escape, list, lower, prose } from './markdown.js';
import type { Topic } from './topics.js';
import { counted } from './words.js';

/** What to do, the most useful first. */
export function recommendationsSection(topics: readonly Topic[]): string {
  const open = decisions(topics);
  const steps = [
    changes(
      1,
      topics,
      '**Now, phase 1:** the immediate changes, which no workload sees',
      '`harden --in-place --phase 1`',
    ),
    open.length === 0 ? undefined : `**Decide** what only you know, the gravest first:\n${list(open)}`,
    changes(2, topics, '**After a test, phase 2**', '`harden --write`, then `harden verify`'),
    changes(3, topics, '**Advanced, phase 3**', '`harden --write --phase 3`, then `harden verify --phase 3`'),
    '**On the hosts and in CI:** run the commands of "What no file shows" above.',
  ].filter((step) => step !== undefined);
  return blocks(
    '## Recommendations by priority',
    steps.map((step, at) => `${at + 1}. ${step.replace(/\n/g, '\n   ')}`).join('\n'),
  );
}

/** What a phase changes, by severity; undefined where it changes nothing. */
function changes(phase: Phase, topics: readonly Topic[], what: string, command: string): string | undefined {
  const inPhase = (finding: ReportFinding): boolean =>
    finding.outcome === 'changed' && finding.phase === phase;
  const items = SEVERITIES.flatMap((severity) => {
    const those = topics.filter(({ meta, findings }) => meta.severity === severity && findings.some(inPhase));
    return those.length === 0
      ? []
      : [
          `${severity}: ${those.map(({ name, meta }) => `${escape(lower(meta.title))} (${name})`).join('; ')}`,
        ];
  });
  return items.length === 0 ? undefined : `${what}: ${command}\n${list(items)}`;
}

function decisions(topics: readonly Topic[]): readonly string[] {
  return topics.flatMap(({ name, groups }) =>
    groups
      .filter(({ first }) => first.outcome === 'open')
      .map(({ first, places }) => {
        const files = new Set(places.map(({ path }) => path)).size;
        const where =
          files === 1
            ? `${code(first.path)}${subjectsOf(places)}`
            : `${code(first.path)} and ${counted(files - 1, 'more file')}`;
        return `${name}, ${where}: ${prose(first.message)}: ${prose(first.reason ?? '')}`;
      }),
  );
}
