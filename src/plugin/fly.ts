/** Reads and edits fly.toml files. */
export {
  citePath,
  entriesAt,
  headerAt,
  pairAt,
  rangeAt,
  valueAt,
  type TomlHeader,
  type TomlPair,
} from '../formats/toml/document.js';
export { addTable, quoted, replaceValue, setKey, type Assignment } from '../formats/toml/edit.js';
