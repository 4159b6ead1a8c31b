import { Ajv, type ErrorObject } from 'ajv';
import { parseDocument } from 'yaml';
import { lazy } from '../../core/lazy.js';
import { blueprintSchema } from './blueprint-schema.js';

const validator = lazy(() => new Ajv({ allErrors: true, strict: false }).compile(blueprintSchema));

/** What of a Blueprint is not as Render's specification has it; empty for a sound one. */
export function blueprintErrors(text: string): readonly string[] {
  const document = parseDocument(text, { merge: true, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) return [error.message.split('\n')[0] ?? 'it is not YAML'];
  const validate = validator();
  return validate(document.toJS()) ? [] : (validate.errors ?? []).map(inWords);
}

function inWords({ instancePath, message = 'is wrong', params }: ErrorObject): string {
  const allowed = (params as { allowedValues?: readonly string[] }).allowedValues;
  const place = instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.');
  return `${place} ${message}${allowed === undefined ? '' : `: ${allowed.join(', ')}`}`;
}
