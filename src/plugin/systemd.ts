/** Reads and edits systemd units and Quadlets. */
export { citeEntry, parseBoolean, type UnitEntry, type UnitSection } from '../formats/systemd/document.js';
export { addAssignments, replaceValue } from '../formats/systemd/edit.js';
