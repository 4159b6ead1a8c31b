import type { Phase } from '../../core/types.js';
import { PHASES } from '../../survey.js';
import { markup, type Content, type Markup } from './markup.js';

/** What depends on the phase that is shown, once for each: the style shows one of them. */
export function byPhase(content: (phase: Phase) => Content): readonly Markup[] {
  return PHASES.map((phase) => markup`<span class="at at-${phase}">${content(phase)}</span>`);
}

/** The same for what stands in blocks. */
export function blocksByPhase(content: (phase: Phase) => Content): readonly Markup[] {
  return PHASES.map((phase) => markup`<div class="at at-${phase}">${content(phase)}</div>`);
}
