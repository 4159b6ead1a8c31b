import { SEVERITIES, type Severity } from '../core/types.js';
import { isPending, issuesOf, issueText, type Digest, type Issue } from './issues.js';
import type { Output, Piece } from './output.js';
import { problemsOf } from './problems.js';
import { printable } from './text.js';

const COMMANDS: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/**
 * Annotations by workflow commands. GitHub shows the first ten of each level of a step, so the most severe come first, and
 * what nobody has to act on now (rightly as it is, or of a later phase) is left out.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 * https://docs.github.com/en/rest/checks/runs
 */
export function createGithubOutput(digest: Digest): Output {
  return {
    head: () => '',
    separator: '',
    outcome: (told) => [
      ...problemsOf(told).map(({ path, line, reason }): Piece => ({
        text: command('error', { file: path, line, title: 'harden: a file could not be handled' }, reason),
        rank: -1,
      })),
      ...issuesOf(told, digest)
        .filter(isPending)
        .map((issue): Piece => ({ text: annotation(issue), rank: SEVERITIES.indexOf(issue.meta.severity) })),
    ],
    foot: (_totals, held) => held.map(({ text }) => text).join(''),
  };
}

function annotation(issue: Issue): string {
  const { meta, path, region } = issue;
  const title = `${meta.title} (${meta.id})`;
  const place = { file: path, line: region.startLine, endLine: region.endLine, title };
  return command(COMMANDS[meta.severity], place, issueText(issue));
}

function command(
  name: string,
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`],
  );
  return `::${name} ${given.join(',')}::${escapeData(message)}\n`;
}

/** As the toolkit escapes: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapeData(text: string): string {
  return printable(text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
