import { createColors } from 'picocolors';
import { redact } from '../core/redact.js';
import type { Check, Stage } from '../verify/check.js';
import { isDiagnosis, type Diagnosis } from '../verify/diagnosis.js';
import { evidenceText, hanging, plural, shown, type TextOptions } from './text.js';

export interface VerifyTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface VerifyRenderer {
  /** One check, or what a failed one comes from; a heading where another stage begins. */
  result(result: Check | Diagnosis): string;
  /** The end of a round, and what to do next. */
  totals(totals: VerifyTotals, nextStep: string): string;
}

/** A result in one line of JSON, without secrets. */
export function verifyJson(value: object): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'string' ? redact(item) : item));
}

const HEADINGS: Readonly<Record<Stage, string>> = {
  static: 'Read by the tools that will read it',
  build: 'Built',
  run: 'Started',
};

/** Renders checks for people, as they come. */
export function createVerifyRenderer({ color, width }: TextOptions): VerifyRenderer {
  const c = createColors(color);
  const columns = Math.max(60, Math.min(width, 120));
  let [stage, subject]: [Stage | undefined, string | undefined] = [undefined, undefined];
  const signs = { passed: c.green('ok     '), failed: c.red('failed '), skipped: c.yellow('skipped') };

  const checkText = (check: Check): string => {
    let text = '';
    if (check.stage !== stage) text += `${stage === undefined ? '' : '\n'}${c.bold(HEADINGS[check.stage])}\n`;
    if (check.stage !== stage || check.subject !== subject)
      text += `  ${c.underline(shown(check.subject))}\n`;
    ({ stage, subject } = check);
    text += `    ${signs[check.outcome]}  ${shown(check.name)}\n`;
    const { detail = '' } = check;
    return detail === '' ? text : text + block(detail);
  };
  const block = (text: string): string =>
    text
      .split('\n')
      .map((line) => hanging(' '.repeat(13), line, columns, c.dim))
      .join('');
  const labelled = (label: string, text: string): string =>
    hanging(`             ${label.padEnd(10)}`, text, columns, (line) => line);

  const diagnosisText = ({ cause, evidence, mend }: Diagnosis): string => {
    const causes = cause.map((line, at) => labelled(at === 0 ? 'cause' : '', line)).join('');
    // Evidence names its files: none of them is the heading's.
    const believed = evidence.length === 0 ? '' : evidenceText(c, columns, evidence, '');
    if (mend === undefined) return causes + believed;
    return causes + believed + labelled('mend', `${mend.says} (tried)`);
  };

  return {
    result: (result) => (isDiagnosis(result) ? diagnosisText(result) : checkText(result)),
    totals: ({ passed, failed, skipped }, nextStep) => {
      [stage, subject] = [undefined, undefined];
      const counts = [
        c.green(`${passed} ok`),
        failed === 0 ? '0 failed' : c.red(`${failed} failed`),
        skipped === 0 ? '0 skipped' : c.yellow(`${skipped} skipped`),
      ].join(', ');
      const hint = nextStep === '' ? '' : hanging('', nextStep, columns, (line) => line);
      return `\n${c.bold(`${passed + failed + skipped} ${plural(passed + failed + skipped, 'check')}`)}: ${counts}\n${hint}`;
    },
  };
}
