import { redact } from '../../core/redact.js';
import type { ComposeModel } from './model.js';

/** Shorter values are words that stand in any text. */
const MIN_LENGTH = 5;

/** The values of variables and build arguments whose names say secret. */
export function secretValues({ services }: ComposeModel): readonly string[] {
  const variables = Object.values(services).flatMap(({ environment = {}, build }) => [
    ...Object.entries(environment),
    ...Object.entries(build?.args ?? {}),
  ]);
  const values = variables.flatMap(([name, value]) =>
    typeof value === 'string' && value.length >= MIN_LENGTH && isSecret(name, value) ? [value] : [],
  );
  // The longest first: one may be part of another.
  return [...new Set(values)].sort((one, other) => other.length - one.length);
}

function isSecret(name: string, value: string): boolean {
  const assignment = `${name}=${JSON.stringify(value)}`;
  return redact(assignment) !== assignment;
}

/** A program's log may tell a secret without its name. */
export function withoutValues(text: string, values: readonly string[]): string {
  return values.reduce((rest, value) => rest.replaceAll(value, '********'), text);
}
