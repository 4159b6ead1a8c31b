import type { Format, Severity } from '../../core/types.js';
import type { Status } from '../../standards/types.js';
import type { Moment } from '../../survey.js';
import type { Outcome, ReportFinding } from '../findings.js';
import { markup, type Markup } from './markup.js';

export const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

const OUTCOME_NAMES: Readonly<Record<Outcome, string>> = {
  changed: 'Changed by harden',
  open: 'For you to decide',
  accepted: 'Rightly as it is',
};

export const FORMAT_NAMES: Readonly<Record<Format, string>> = {
  dockerfile: 'Dockerfile',
  compose: 'Compose',
  systemd: 'systemd unit',
  quadlet: 'Quadlet',
  fly: 'fly.toml',
  render: 'Render Blueprint',
};

/** In the order of charts. */
export const STATUSES: readonly Status[] = ['PASS', 'PARTIAL', 'FAIL', 'UNDECIDABLE', 'NOT APPLICABLE'];

export function momentName(moment: Moment): string {
  return moment === 'before' ? 'Before' : `Phase ${moment}`;
}

export function statusClass(status: Status): string {
  return `status-${status.toLowerCase().replace(' ', '-')}`;
}

export function severityBadge(severity: Severity): Markup {
  return markup`<span class="badge severity-${severity}">${SEVERITY_NAMES[severity]}</span>`;
}

export function statusBadge(status: Status): Markup {
  return markup`<span class="badge ${statusClass(status)}">${status}</span>`;
}

/** What becomes of a finding: `Changed in phase 1`. */
export function outcomeText({ outcome, phase }: ReportFinding): string {
  return outcome === 'changed' ? `Changed in phase ${phase}` : OUTCOME_NAMES[outcome];
}
