import { markup, type Markup } from './markup.js';

/** A part of a bar. */
export interface Part {
  readonly className: string;
  readonly name: string;
  readonly count: number;
}

/** The least share of a bar in which its figure can be read. */
const ROOM_FOR_FIGURE = 5;

/**
 * A bar of parts, and under it what they are called. Sizes are attributes of SVG, as the page's Content-Security-Policy lets no
 * element bring a style of its own.
 */
export function stackedBar(parts: readonly Part[]): Markup {
  const shown = parts.filter(({ count }) => count > 0);
  const total = shown.reduce((sum, { count }) => sum + count, 0);
  let at = 0;
  const segments = shown.map(({ className, count }) => {
    const [x, width] = [at, (count / total) * 100];
    at += width;
    return markup`<g class="${className}"><rect x="${percent(x)}" width="${percent(width)}" height="100%"/>${
      width < ROOM_FOR_FIGURE
        ? undefined
        : markup`<text x="${percent(x + width / 2)}" y="50%" dominant-baseline="central" text-anchor="middle">${count}</text>`
    }</g>`;
  });
  return markup`<svg class="bar" width="100%" height="24" aria-hidden="true" focusable="false">${segments}</svg><ul class="legend">${shown.map(
    ({ className, name, count }) =>
      markup`<li><span class="swatch ${className}" aria-hidden="true"></span>${count} ${name}</li>`,
  )}</ul>`;
}

const LARGEST = 10;

/** Half a dial from 0 to 10. */
export function gauge(score: number, word: string, when: string): Markup {
  const arc = 'M 8 46 A 40 40 0 0 1 88 46';
  return markup`<svg class="gauge level-${level(score)}" viewBox="0 0 96 62" width="144" height="93" role="img" aria-label="${when}: exposure ${score.toFixed(1)} of ${LARGEST}, ${word}"><path class="track" d="${arc}"/><path class="value" d="${arc}" pathLength="${LARGEST}" stroke-dasharray="${score.toFixed(1)} ${LARGEST + 1}"/><text class="score" x="48" y="44" text-anchor="middle">${score.toFixed(1)}</text><text class="word" x="48" y="58" text-anchor="middle">${word}</text></svg>`;
}

/** The colour of a score, by the words of `systemd-analyze security`: OK up to 5, MEDIUM up to 7.5. */
function level(score: number): 'low' | 'middle' | 'high' {
  return score < 5 ? 'low' : score < 7.5 ? 'middle' : 'high';
}

function percent(share: number): string {
  return `${Number(share.toFixed(2))}%`;
}
