import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { combine, refused, type Edits } from '../../src/core/text.js';
import { addKey, addToMap, appendToSequence, replaceScalar } from '../../src/formats/compose/edit.js';
import { addListFrom } from '../../src/formats/compose/section.js';
import type { DeclaredService } from './service.js';

/** Adds another service or a network to what a service waits for or is on, in either of the forms that these keys have. */
export function join(
  { document, service, workload }: DeclaredService,
  key: 'depends_on' | 'networks',
  name: string,
): Edits {
  const field = workload.view.last(key);
  if (field === undefined) {
    // A service with `networks` leaves the default one unless it names it.
    return addListFrom(document, service, key, key === 'networks' ? ['default'] : [], [name]);
  }
  if (!field.own || field.node === undefined) return refused(`its ${key} comes from an anchor`);
  if (isSeq(field.node)) return appendToSequence(document, service, field.node, [name]);
  if (!isMap(field.node) || field.node.flow === true || field.node.anchor !== undefined) {
    return refused(`its ${key} is not a list or a mapping in block style`);
  }
  return addToMap(document, field.node, name, key === 'networks' ? {} : { condition: 'service_started' });
}

/**
 * Moves a service from some networks to others.
 * @param moves what takes the place of each network; those that it keeps are not named.
 * @param more networks that it joins besides.
 */
export function moveNetworks(
  { document, service, workload }: DeclaredService,
  moves: ReadonlyMap<string, string>,
  more: readonly string[],
): Edits {
  const field = workload.view.last('networks');
  if (field === undefined || field.value === null) {
    if (field !== undefined) return refused('its networks are there without a value');
    return addKey(document, service, 'networks', [...moves.values(), ...more]);
  }
  const { node } = field;
  if (!field.own || node === undefined) return refused('its networks come from an anchor');
  const names: readonly unknown[] = isSeq(node)
    ? node.items
    : isMap(node)
      ? node.items.map(({ key }) => key)
      : [];
  const replaced = names.flatMap((item) => {
    const to = isScalar(item) && typeof item.value === 'string' ? moves.get(item.value) : undefined;
    return to === undefined ? [] : [replaceScalar(service, item as Node, to)];
  });
  if (replaced.length < moves.size) return refused('its networks are not written one by one');
  if (more.length === 0) return combine(...replaced);
  if (isSeq(node)) return combine(...replaced, appendToSequence(document, service, node, more));
  if (!isMap(node) || node.flow === true || node.anchor !== undefined)
    return refused('its networks are not a list or a mapping in block style');
  return combine(...replaced, ...more.map((name) => addToMap(document, node, name, {})));
}

/** Sets variables of a service, none of which it sets itself. */
export function addVariables(
  { document, service, workload }: DeclaredService,
  variables: Readonly<Record<string, string>>,
): Edits {
  const field = workload.view.last('environment');
  if (field === undefined) return addKey(document, service, 'environment', variables);
  const { node } = field;
  if (!field.own || node === undefined) return refused('its environment comes from an anchor');
  const entries = Object.entries(variables);
  if (isSeq(node))
    return appendToSequence(
      document,
      service,
      node,
      entries.map(([name, value]) => `${name}=${value}`),
    );
  if (!isMap(node) || node.anchor !== undefined) return refused('its environment has an anchor');
  return combine(...entries.map(([name, value]) => addToMap(document, node, name, value)));
}
