/** One thing that harden may use, and how it stands. */
export interface Checkup {
  readonly group: 'harden' | 'engines' | 'forges' | 'project' | 'terminal';
  readonly name: string;
  /** `absent`: harden does without; `broken`: something that is there can't be used. */
  readonly state: 'ok' | 'absent' | 'broken';
  /** Its version, its place, or what is wrong. */
  readonly detail: string;
  /** What harden uses it for. */
  readonly purpose: string;
  /** What to do where it is wanted and can't be used. */
  readonly advice?: string | undefined;
}
