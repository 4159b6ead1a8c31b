import { optionProblem, type TransformOption } from '../core/options.js';
import { SEVERITIES, type TransformMeta } from '../core/types.js';
import { FORMATS } from '../registry.js';

/** `<format>/<verb-object>`, as the names of harden's own are made. */
const ID = new RegExp(`^(?:${FORMATS.join('|')})/[a-z][a-z0-9]*(?:-[a-z0-9]+)+$`);
const OPTION_NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const MIN_TEXT = 10;

/**
 * What is wrong with what a plugin says of a transform; undefined where it is complete. The rules are those that harden's own
 * are tested by.
 */
export function metaProblem(given: unknown): string | undefined {
  if (!isObject(given)) return 'has no meta: an object with id, title and the rest';
  const meta = given as Partial<Record<keyof TransformMeta, unknown>>;
  if (typeof meta.id !== 'string' || !ID.test(meta.id)) {
    return `has the id ${shownId(meta.id)}: it must be <format>/<verb-object>, as in compose/add-labels; the formats are ${FORMATS.join(', ')}`;
  }
  return textProblem(meta) ?? choiceProblem(meta) ?? listProblem(meta) ?? optionsProblem(meta.options);
}

function shownId(id: unknown): string {
  return typeof id === 'string' ? JSON.stringify(id) : 'undefined';
}

function textProblem({ title, description, mayBreak }: Record<string, unknown>): string | undefined {
  for (const [name, text] of Object.entries({ title, description, mayBreak })) {
    if (typeof text !== 'string' || text.length <= MIN_TEXT) return `says too little in meta.${name}`;
    const ended = text.endsWith('.');
    if (name === 'title' && ended) return 'ends meta.title with a full stop: it stands in lists';
    if (name !== 'title' && !ended) return `must end meta.${name} with a full stop: it is a sentence`;
  }
  return undefined;
}

function choiceProblem({
  severity,
  phase,
  restructures,
  follows,
}: Record<string, unknown>): string | undefined {
  if (!SEVERITIES.some((one) => one === severity))
    return `needs a meta.severity: one of ${SEVERITIES.join(', ')}`;
  if (phase !== 1 && phase !== 2 && phase !== 3) return 'needs a meta.phase: 1, 2 or 3';
  if (restructures !== undefined && typeof restructures !== 'boolean')
    return 'must have true or false for meta.restructures';
  if (follows !== undefined && typeof follows !== 'boolean')
    return 'must have true or false for meta.follows';
  return undefined;
}

function listProblem({ touches, controls, references }: Record<string, unknown>): string | undefined {
  for (const [name, list] of Object.entries({ touches, controls, references })) {
    if (!Array.isArray(list) || list.some((item) => typeof item !== 'string' || item === ''))
      return `needs a list of texts in meta.${name}`;
  }
  const urls = references as readonly string[];
  if (urls.length === 0) return 'names no meta.references: the URL of what it rests on';
  const broken = urls.find((url) => !URL.canParse(url));
  return broken === undefined ? undefined : `has a meta.references that is no URL: ${broken}`;
}

function optionsProblem(options: unknown): string | undefined {
  if (options === undefined) return undefined;
  if (!Array.isArray(options)) return 'must have a list in meta.options';
  for (const option of options as readonly unknown[]) {
    const problem = optionProblemOf(option);
    if (problem !== undefined) return `has an option that ${problem}`;
  }
  const names = (options as readonly TransformOption[]).map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? undefined : `has two options ${twice}`;
}

function optionProblemOf(option: unknown): string | undefined {
  if (!isObject(option)) return 'is no object';
  const { name, description, pattern, minimum, maximum } = option;
  if (typeof name !== 'string' || !OPTION_NAME.test(name) || name === 'phase')
    return 'needs a name of its own in small letters, as in max-size';
  if (typeof description !== 'string' || description === '') return `says nothing of itself: ${name}`;
  const ofText = typeof pattern === 'string' && isPattern(pattern);
  const ofNumber = Number.isInteger(minimum) && Number.isInteger(maximum);
  if (!ofText && !ofNumber) return `has neither a pattern nor a minimum and a maximum: ${name}`;
  const problem = optionProblem(option as unknown as TransformOption, option.default);
  return problem === undefined ? undefined : `has a wrong default: ${name} ${problem}`;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
