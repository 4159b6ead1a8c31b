/** Reads and edits Render Blueprints. */
export { fieldOf, textOf, type Resource } from '../formats/render-yaml/document.js';
export {
  addField,
  addNested,
  removeFromList,
  replaceField,
  replaceValue,
  type EditablePart,
} from '../formats/render-yaml/edit.js';
