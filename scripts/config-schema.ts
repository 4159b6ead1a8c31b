import { readFileSync } from 'node:fs';
import type { TransformOption } from '../src/core/options.js';
import type { TransformMeta } from '../src/core/types.js';

interface Schema {
  readonly $defs: Readonly<Record<string, object>>;
}

/** The schema of the config in a file, with what it says of transforms and their options written anew. */
export function configSchema(path: string, metas: readonly TransformMeta[]): string {
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Schema;
  const all = metas.map((meta) => [meta.id, whole(meta)] as const);
  const withOptions = metas.flatMap((meta) =>
    meta.options === undefined ? [] : [[meta.id, mapping(meta.options)] as const],
  );
  const $defs = {
    ...schema.$defs,
    setting: { oneOf: [{ const: 'off' }, mapping([], PHASE)] },
    ofPlugin: { oneOf: [{ const: 'off' }, { ...mapping([], PHASE), additionalProperties: VALUE }] },
    transforms: {
      type: 'object',
      properties: Object.fromEntries(all),
      additionalProperties: { $ref: '#/$defs/ofPlugin' },
    },
    options: {
      type: 'object',
      properties: Object.fromEntries(withOptions),
      additionalProperties: { type: 'object', additionalProperties: VALUE },
    },
    withoutPlugins: {
      properties: {
        transforms: { propertyNames: { enum: all.map(([id]) => id) } },
        overrides: {
          items: {
            properties: { transforms: { propertyNames: { enum: withOptions.map(([id]) => id) } } },
          },
        },
      },
    },
  };
  return JSON.stringify({ ...schema, $defs });
}

/** Of an option that only the plugin knows. */
const VALUE = { type: ['string', 'integer'] };
const PHASE = { phase: { $ref: '#/$defs/phase' } };

function whole({ title, options }: TransformMeta): object {
  const description = `${title}.`;
  if (options === undefined) return { description, $ref: '#/$defs/setting' };
  return { description, oneOf: [{ const: 'off' }, mapping(options, PHASE)] };
}

function mapping(options: readonly TransformOption[], more: object = {}): object {
  const properties = options.map((option) => [option.name, value(option)] as const);
  return {
    type: 'object',
    additionalProperties: false,
    properties: { ...more, ...Object.fromEntries(properties) },
  };
}

function value(option: TransformOption): object {
  const { description } = option;
  const base = { description: `${description}.`, default: option.default };
  if ('pattern' in option) return { ...base, type: 'string', pattern: `^(?:${option.pattern})$` };
  return { ...base, type: 'integer', minimum: option.minimum, maximum: option.maximum };
}
