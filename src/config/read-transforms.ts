import { isMap, isScalar, type Node } from 'yaml';
import { optionProblem } from '../core/options.js';
import type { Phase } from '../core/types.js';
import { hintFor } from './check.js';
import type { KnownTransform } from './parse.js';
import { isNull, type ConfigReader } from './reader.js';
import type { HardenConfig, OptionSetting } from './types.js';

/** What is said of transforms for the whole project. */
export type TransformSettings = Pick<HardenConfig, 'off' | 'phases' | 'options'>;

/** `transforms:` of the config: `off`, or the phase and the options of each. */
export function readTransforms(
  node: Node | undefined,
  reader: ConfigReader,
  known: readonly KnownTransform[] | undefined,
): TransformSettings {
  const off: string[] = [];
  const phases: Record<string, Phase> = {};
  const options = eachTransform(node, reader, known, (id, value) => {
    if (isScalar(value) && value.value === 'off') {
      off.push(id);
      return undefined;
    }
    const phase = isMap(value) ? reader.resolve(value.get('phase', true)) : undefined;
    if (phase !== undefined) {
      const asked = readPhase(phase, reader);
      if (asked !== undefined) phases[id] = asked;
    }
    return ['phase'];
  });
  return { off, phases, options };
}

/** `transforms:` of an override: options alone, as `skip` leaves transforms out. */
export function readOptions(
  node: Node | undefined,
  reader: ConfigReader,
  known: readonly KnownTransform[] | undefined,
): readonly OptionSetting[] {
  return eachTransform(node, reader, known, () => []);
}

export function readPhase(node: Node, reader: ConfigReader): Phase | undefined {
  const value = isScalar(node) ? node.value : undefined;
  if (value === 1 || value === 2 || value === 3) return value;
  return reader.fail(node, 'phase must be 1, 2 or 3');
}

/** @param moreKeys the keys beside the transform's options; undefined where no mapping stands there. */
function eachTransform(
  node: Node | undefined,
  reader: ConfigReader,
  known: readonly KnownTransform[] | undefined,
  moreKeys: (id: string, value: Node) => readonly string[] | undefined,
): readonly OptionSetting[] {
  // Who only adds an override to a config knows no transforms, and judges nothing of what is set of them.
  if (node === undefined || known === undefined || isNull(node)) return [];
  if (!isMap(node)) {
    reader.fail(node, 'transforms must be a mapping: the id of a transform, and what is set of it');
    return [];
  }
  return node.items.flatMap((pair): readonly OptionSetting[] => {
    const key = pair.key as Node;
    const id = isScalar(key) ? String(key.value) : '';
    const transform = known.find((one) => one.id === id);
    if (transform === undefined) {
      const hint = hintFor(
        id,
        known.map((one) => one.id),
      );
      reader.fail(key, `transforms names ${id}, which is the id of no transform: ${hint}`);
      return [];
    }
    const value = reader.resolve(pair.value);
    if (value === undefined) return reader.fail(key, `${id} has no value: give it one, or take it out`) ?? [];
    const more = moreKeys(id, value);
    if (more === undefined) return [];
    const { options = [] } = transform;
    const keys = [...options.map(({ name }) => name), ...more];
    if (keys.length === 0) {
      reader.fail(key, `${id} has no options`);
      return [];
    }
    const entries = reader.entries(value, keys, `what is set of ${id}`);
    return options.flatMap((option): readonly OptionSetting[] => {
      const chosen = entries?.get(option.name);
      if (chosen === undefined) return [];
      const given: unknown = isScalar(chosen) ? chosen.value : undefined;
      const problem = optionProblem(option, given);
      if (problem !== undefined) reader.fail(chosen, `${option.name} of ${id} ${problem}`);
      return problem === undefined
        ? [
            {
              transform: id,
              name: option.name,
              value: given as string | number,
              evidence: reader.cite(chosen),
            },
          ]
        : [];
    });
  });
}
