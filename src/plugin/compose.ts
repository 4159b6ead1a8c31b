/** Reads and edits Compose files. */
export { ownPair, rangeOf, resolveAlias, type ComposeService } from '../formats/compose/document.js';
export {
  addKey,
  addToMap,
  appendToSequence,
  ownValue,
  replaceScalar,
  Words,
  type YamlValue,
} from '../formats/compose/edit.js';
export { removeItems, removeKey } from '../formats/compose/remove.js';
