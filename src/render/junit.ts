import { isPending, issuesOf, issueText, type Digest, type Issue } from './issues.js';
import { pieces, type Output, type Told } from './output.js';
import { problemsOf } from './problems.js';

/**
 * JUnit's XML, as CI servers read it: a test suite a file, a test case a transform that has a finding there. A case fails
 * when there is something to do now, and counts as skipped when all is for a later phase, rightly as it is, or known to
 * the baseline.
 * https://github.com/testmoapp/junitxml
 */
export function createJunitOutput(digest: Digest): Output {
  return {
    head: () => '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="harden">\n',
    separator: '',
    outcome: (told) => pieces(suiteOf(told, digest)),
    foot: () => '</testsuites>\n',
  };
}

function suiteOf(told: Told, digest: Digest): string {
  const { outcome } = told;
  const path = outcome.kind === 'planned' ? outcome.plan.path : outcome.path;
  const errors = problemsOf(told).map((problem) => {
    const place = problem.line === undefined ? problem.path : `${problem.path}:${problem.line}`;
    return caseOf(
      path,
      `read and write ${problem.path}`,
      element('error', problem.reason, `${place}: ${problem.reason}`),
    );
  });
  const left =
    outcome.kind === 'foreign'
      ? [caseOf(path, 'read', element('skipped', `left alone: ${outcome.reason}`))]
      : [];
  const issues = [...byTransform(issuesOf(told, digest))].map(([id, same]) =>
    caseOf(path, id, resultOf(same)),
  );
  const cases = [...errors, ...left, ...issues];
  const all = cases.length === 0 ? [caseOf(path, 'nothing to harden', '')] : cases;
  return `<testsuite name="${escape(path)}" tests="${all.length}">\n${all.join('')}</testsuite>\n`;
}

function byTransform(issues: readonly Issue[]): ReadonlyMap<string, readonly Issue[]> {
  const found = new Map<string, Issue[]>();
  for (const issue of issues) found.set(issue.meta.id, [...(found.get(issue.meta.id) ?? []), issue]);
  return found;
}

function resultOf(issues: readonly Issue[]): string {
  const pending = issues.filter(isPending);
  const [first] = issues;
  const title = first?.meta.title ?? '';
  const text = issues
    .map((issue) => `${issue.path}:${issue.region.startLine}: ${issueText(issue)}`)
    .join('\n');
  return pending.length === 0
    ? element('skipped', title, text)
    : element('failure', title, text, first?.meta.severity);
}

function caseOf(path: string, name: string, result: string): string {
  const head = `<testcase classname="${escape(path)}" name="${escape(name)}"`;
  return result === '' ? `${head}/>\n` : `${head}>${result}</testcase>\n`;
}

function element(name: string, message: string, text = '', type?: string): string {
  const kind = type === undefined ? '' : ` type="${escape(type)}"`;
  return `<${name} message="${escape(message)}"${kind}>${escape(text)}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for XML 1.0, which has no place for most control characters: https://www.w3.org/TR/xml/#charsets */
function escape(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
