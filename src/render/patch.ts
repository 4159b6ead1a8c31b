import { plainDiff } from './diff.js';
import { pieces, type Output } from './output.js';

/** Only diffs, of the files' own bytes: what `git apply` takes. */
export function createPatchOutput(): Output {
  return {
    head: () => '',
    separator: '',
    outcome: ({ outcome, companions }) => {
      if (outcome.kind !== 'planned') return [];
      const { path, original, result } = outcome.plan;
      const beside = companions
        .filter(({ companion }) => companion.kind !== 'fly' && companion.kind !== 'render')
        .map(({ companion }) => plainDiff(companion.path, companion.original, companion.text));
      return pieces(plainDiff(path, original.text, result) + beside.join(''));
    },
    foot: () => '',
    omitsErrors: true,
  };
}
