import { isPending, issuesOf, type Digest } from './issues.js';
import { createCompanionRenderer } from './companions.js';
import { pieces, type Mode, type Output, type Told } from './output.js';
import { createTextRenderer, type TextOptions } from './text.js';
import type { Totals } from './totals.js';

interface Selective {
  /** Only files that have changed are looked at: where there is none, others may be there. */
  readonly selective?: boolean;
}

/** What a person reads: in full for a preview, a line a file for a run that writes or checks. */
export function createTextOutput(
  { selective = false, ...options }: TextOptions & Selective,
  mode: Mode,
  digest: Digest,
): Output {
  const text = createTextRenderer(options);
  const beside = createCompanionRenderer(options);

  /** Where a baseline says what is known, a check tells what is new. */
  const newOnly = (told: Told): string => {
    if (told.outcome.kind !== 'planned') return text.outcome(told.outcome);
    return issuesOf(told, digest)
      .filter(isPending)
      .map((issue) => text.issue(issue))
      .join('');
  };
  const inBrief = ({ outcome, written, companions, builders }: Told): string => {
    if (outcome.kind !== 'planned') return text.outcome(outcome);
    const hints = mode === 'write' && written !== undefined ? beside.hints(builders) : '';
    return (
      text.summary(outcome.plan, written, outcome.exposure) +
      companions.map((told) => beside.summary(told.companion, told.written)).join('') +
      hints
    );
  };
  const inFull = ({ outcome, companions, builders }: Told): string => {
    const files = companions.map(({ companion }) => companion);
    return text.outcome(outcome) + beside.files(files) + beside.builders(files, builders);
  };
  return {
    head: () => '',
    separator: '',
    outcome: (told) => {
      if (mode === 'preview') return pieces(inFull(told));
      return pieces(mode === 'check' && told.known !== undefined ? newOnly(told) : inBrief(told));
    },
    foot: (totals) => text.totals(totals, nextStep(mode, totals, selective)),
  };
}

function nextStep(mode: Mode, totals: Totals, selective: boolean): string {
  if (totals.files + totals.foreign + totals.errors === 0)
    return selective
      ? 'Nothing that harden reads has changed.'
      : 'There is no Dockerfile, Compose file, systemd service, Quadlet container, fly.toml or Render Blueprint here.';
  if (mode === 'check' || mode === 'in-place' || totals.changedFiles === 0) return '';
  if (mode === 'write')
    return 'Compare each .hardened file with its original and test it before you use it. Compose needs --build once: without it the images of the original Dockerfiles go on running.';
  return 'harden --write writes these changes to .hardened files; harden pr opens a pull request with those of phase 1; harden explain <id> tells more about one of them.';
}
