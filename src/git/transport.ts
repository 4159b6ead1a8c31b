import type { Outcome } from '../io/process.js';
import { failed, type GitAnswer } from './git.js';

interface Explanation {
  readonly pattern: RegExp;
  readonly says: (remote: string) => string;
}

/** What git and forges say when a transfer fails, and what to do about it. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /protected branch|GH006|GH013|You are not allowed to (?:force )?push|protected ref/i,
    says: (remote) =>
      `${remote} protects the branch: let harden's branches be pushed, or name others with --branch-prefix`,
  },
  {
    pattern: /stale info|cannot lock ref|fetch first|non-fast-forward/i,
    says: () => 'the branch was pushed to by somebody else meanwhile: run harden pr again',
  },
  {
    pattern:
      /Could not resolve host|Connection (?:refused|reset|timed out)|Network is unreachable|early EOF|hung up unexpectedly|RPC failed|Operation timed out|unexpected disconnect/i,
    says: (remote) => `the connection to ${remote} failed; nothing is half done: run harden pr again`,
  },
  {
    pattern:
      /could not read (?:Username|Password)|Authentication failed|terminal prompts disabled|Permission denied \(publickey|returned error: 401/i,
    says: (remote) =>
      `${remote} does not know you: let git log in there (ssh key, credential helper, gh auth setup-git)`,
  },
  {
    pattern:
      /Permission to .* denied|returned error: 403|not permitted|Write access .* not granted|denied to|read-only|not allowed to upload/i,
    says: (remote) =>
      `you may not push to ${remote}: fork the repository, add the fork as a remote, and name it with --remote`,
  },
  {
    pattern:
      /Repository not found|does not appear to be a git repository|returned error: 404|No such remote/i,
    says: (remote) => `there is no repository at ${remote}, or you may not see it`,
  },
  {
    pattern: /pre-receive hook declined|hook declined|remote rejected/i,
    says: (remote) => `${remote} refused the branch`,
  },
];

/** Why a transfer failed: what to do first, then what git said. */
export function explainTransport(
  outcome: Outcome,
  args: readonly string[],
  remote: string,
): GitAnswer<never> {
  const answer = failed(outcome, args);
  if (answer.ok) return answer;
  const known = EXPLANATIONS.find(({ pattern }) => pattern.test(outcome.stderr));
  return known === undefined ? answer : { ok: false, reason: `${known.says(remote)}\n${answer.reason}` };
}
