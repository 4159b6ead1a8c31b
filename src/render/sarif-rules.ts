import type { Severity, TransformMeta } from '../core/types.js';

type Level = 'error' | 'warning' | 'note';

/** How SARIF calls a severity. */
export const LEVELS: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** The middle of the bands in which GitHub reads them: over 9 critical, from 7 high, from 4 medium, below it low. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: undefined,
};

/** A transform as a rule: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support */
export function ruleOf(meta: TransformMeta): object {
  const { id, title, description, severity, phase, mayBreak, controls, references } = meta;
  const [format = ''] = id.split('/');
  const security = SECURITY_SEVERITY[severity];
  const facts = [description, `May break: ${mayBreak}`];
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text: title },
    fullDescription: { text: description },
    help: {
      text: [...facts, ...references].join('\n\n'),
      markdown: [
        description,
        `**May break:** ${mayBreak}`,
        `Acts from phase ${phase} on. \`harden explain ${id}\` tells the same.`,
        references.map((url) => `- <${url}>`).join('\n'),
      ].join('\n\n'),
    },
    helpUri: references[0],
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: [...(security === undefined ? [] : ['security']), format, ...controls],
      // What rests on something likely acts from the second phase on.
      precision: phase === 1 ? 'high' : 'medium',
      ...(security === undefined
        ? { 'problem.severity': 'recommendation' }
        : { 'security-severity': security }),
      phase,
    },
  };
}

function pascalCase(id: string): string {
  return id.replace(/(?:^|[/-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}
