import type { Evidence } from './types.js';

interface OptionBase {
  /** As the config names it: `max-size`. */
  readonly name: string;
  /** What it says, in a few words. */
  readonly description: string;
}

/** A whole number. */
export interface NumberOption extends OptionBase {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface TextOption extends OptionBase {
  readonly default: string;
  /** What the whole value must match. */
  readonly pattern: string;
}

/** A value of a transform's policy that a project may set in its config. */
export type TransformOption = NumberOption | TextOption;
export type OptionValue<O extends TransformOption> = O extends NumberOption ? number : string;

/** A value with the line of the config that sets it; none for the default. */
export interface Chosen<T> {
  readonly value: T;
  readonly evidence: readonly Evidence[];
}

/** Reads an option of one transform for one file. */
export type OptionReader = <O extends TransformOption>(
  option: O,
  /** The Compose service that it is asked for; undefined for the whole file. */
  service?: string,
) => Chosen<OptionValue<O>>;

/** The reader where no config sets anything. */
export const readDefault: OptionReader = (option) => ({
  value: option.default as OptionValue<typeof option>,
  evidence: [],
});

/** Why a value can't be taken; undefined where it can. */
export function optionProblem(option: TransformOption, value: unknown): string | undefined {
  if ('pattern' in option) {
    const fits = typeof value === 'string' && new RegExp(`^(?:${option.pattern})$`).test(value);
    return fits ? undefined : `must be text like "${option.default}"`;
  }
  const { minimum, maximum } = option;
  const fits = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
  return fits ? undefined : `must be a whole number from ${minimum} to ${maximum}`;
}
