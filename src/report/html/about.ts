import type { Phase } from '../../core/types.js';

/** What a report says of itself. */
export interface ReportAbout {
  /** The project's name. */
  readonly project: string;
  /** The version of harden. */
  readonly version: string;
  /** When it was made, as it is to be read. */
  readonly date: string;
  /** The phase that is shown first. */
  readonly phase: Phase;
  readonly assets: ReportAssets;
}

/** What the page carries in itself: it asks for nothing. */
export interface ReportAssets {
  readonly style: ReportAsset;
  readonly script: ReportAsset;
}

export interface ReportAsset {
  readonly text: string;
  /** As a Content-Security-Policy names it: `sha256-...`. */
  readonly hash: string;
}
