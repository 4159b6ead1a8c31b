/** `static`: read by the tools that will read it. `build`: built. `run`: started, asked, and looked into. */
export type Stage = 'static' | 'build' | 'run';

/** What was looked at, and what came of it. */
export interface Check {
  readonly stage: Stage;
  /** The file or the service: `deploy/docker-compose.yml`, `web`. */
  readonly subject: string;
  /** What has to hold, as a sentence: `docker compose accepts it`. */
  readonly name: string;
  /** `skipped`: it could not be made here, `detail` says why. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Figures, the reason, or what was printed; without secrets. */
  readonly detail?: string | undefined;
}

export function passed(stage: Stage, subject: string, name: string, detail?: string): Check {
  return { stage, subject, name, outcome: 'passed', detail };
}

export function failed(stage: Stage, subject: string, name: string, detail: string): Check {
  return { stage, subject, name, outcome: 'failed', detail };
}

export function skipped(stage: Stage, subject: string, name: string, detail: string): Check {
  return { stage, subject, name, outcome: 'skipped', detail };
}
