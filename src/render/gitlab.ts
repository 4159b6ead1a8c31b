import type { Severity } from '../core/types.js';
import { issuesOf, issueText, type Digest, type Issue } from './issues.js';
import type { Output } from './output.js';
import { problemsOf, type Problem } from './problems.js';

const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

/**
 * A Code Quality report. It has no word for what is rightly as it is: that is left out.
 * https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function createGitlabOutput(digest: Digest): Output {
  return {
    head: () => '[\n',
    separator: ',\n',
    outcome: (told) =>
      [
        ...problemsOf(told).map((problem) => ofProblem(problem, digest)),
        ...issuesOf(told, digest)
          .filter(({ disposition }) => disposition !== 'accepted')
          .map(ofIssue),
      ].map((entry) => ({ text: JSON.stringify(entry) })),
    foot: () => '\n]\n',
  };
}

function ofIssue(issue: Issue): object {
  const { meta, disposition, path, region, fingerprint } = issue;
  return {
    description: issueText(issue),
    check_name: meta.id,
    fingerprint,
    // What a later phase changes is nobody's task yet.
    severity: disposition === 'later' ? 'info' : SEVERITY_NAMES[meta.severity],
    location: { path, lines: { begin: region.startLine, end: region.endLine } },
  };
}

function ofProblem({ path, line, reason }: Problem, digest: Digest): object {
  return {
    description: `The file could not be handled: ${reason}.`,
    check_name: 'harden/file',
    fingerprint: digest(JSON.stringify(['harden/file', path, reason])),
    severity: 'critical',
    location: { path, lines: { begin: line ?? 1 } },
  };
}
