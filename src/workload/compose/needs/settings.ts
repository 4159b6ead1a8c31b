import { cite } from '../../../core/evidence.js';
import type { Evidence } from '../../../core/types.js';
import { variablesOf } from '../environment.js';
import { strings } from '../plain.js';
import { citeField, type Field, type ServiceView } from '../project.js';

/** What a service tells its program: the words it is started with, or one variable of its environment. */
export interface Setting {
  /** Undefined for the command and the entrypoint. */
  readonly variable: string | undefined;
  /** With its variables filled in; those without a value stay. */
  readonly text: string;
  readonly evidence: Evidence;
}

/** The settings that take effect: a variable of a later layer replaces that of an earlier one. */
export function settings(view: ServiceView): readonly Setting[] {
  const fill = (text: string): string => view.project.interpolate(text).text;
  const variables = new Map<string, Setting>();
  for (const field of view.fields('environment')) {
    for (const { name, value, offset } of variablesOf(field)) {
      const evidence = cite(field.document, offset);
      variables.set(name, { variable: name, text: fill(value ?? ''), evidence });
    }
  }
  const words = ['entrypoint', 'command'].flatMap((key): Setting[] => {
    const field: Field | undefined = view.last(key);
    if (field === undefined) return [];
    return [{ variable: undefined, text: fill(strings(field.value).join(' ')), evidence: citeField(field) }];
  });
  return [...words, ...variables.values()];
}
