import { expect, test } from '@jest/globals';
import { parseDockerfile } from '../src/formats/dockerfile/parse.js';
import { instructionsByAst, instructionsOf } from '../scripts/second-opinion.js';
import { readCases } from './support/cases.js';

/** dockerfile-ast takes the backslash for an escape character under `# escape=` too. */
const cases = readCases().filter(
  ({ id, text }) => id.startsWith('dockerfile/') && !/escape\s*=\s*`/.test(text),
);

test.each(cases.map(({ name, path, text }) => [name, path, text] as const))(
  'dockerfile-ast sees the same instructions in %s',
  (_name, path, text) => {
    const parsed = parseDockerfile(path, text);
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(instructionsByAst(parsed.document)).toEqual(instructionsOf(parsed.document));
  },
);
