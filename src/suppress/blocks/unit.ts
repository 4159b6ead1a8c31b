import type { UnitDocument } from '../../formats/systemd/document.js';
import type { Block } from './block.js';

/**
 * Each section with its assignments, and each assignment with its continuation lines. What is missing in a section is
 * found at the last one of its name.
 */
export function unitBlocks(document: UnitDocument): readonly Block[] {
  return document.sections.flatMap(({ name, headerRange, entries }): Block[] => {
    const above = [document.lastSection(name)!.headerRange];
    const end = entries.at(-1)?.range.end ?? headerRange.end;
    return [
      { range: { start: headerRange.start, end }, head: headerRange, above },
      ...entries.map(({ range }): Block => ({ range, head: range, above })),
    ];
  });
}
