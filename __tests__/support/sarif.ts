import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { BOM } from '../../src/core/text.js';

/** What the tests read of a SARIF log. */
export interface SarifLog {
  readonly runs: readonly [SarifRun];
}

interface SarifRun {
  readonly tool: {
    readonly driver: { readonly version: string; readonly rules: readonly { readonly id: string }[] };
  };
  readonly results: readonly SarifResult[];
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly {
        readonly level: string;
        readonly message: { readonly text: string };
      }[];
    },
  ];
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    { readonly physicalLocation: { readonly artifactLocation: Artifact; readonly region: SarifRegion } },
  ];
  readonly partialFingerprints: { readonly 'hardenFinding/v1': string };
  readonly fixes?: readonly { readonly artifactChanges: readonly SarifChange[] }[];
  readonly suppressions?: readonly { readonly status: string; readonly justification: string }[];
  readonly properties: { readonly disposition: string; readonly fixedWith?: string };
}

interface Artifact {
  readonly uri: string;
}

interface SarifRegion {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface SarifChange {
  readonly artifactLocation: Artifact;
  readonly replacements: readonly {
    readonly deletedRegion: SarifRegion & { readonly charOffset: number; readonly charLength: number };
    readonly insertedContent?: { readonly text: string };
  }[];
}

/** The schema of SARIF 2.1.0 as Microsoft's package brings it. */
const schema = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
    'utf8',
  ),
) as Record<string, unknown>;
// It is of draft 4, whose only word that ajv's draft 7 reads otherwise is the one for its own address.
delete schema.id;
delete schema.$schema;
const ajv = new Ajv({
  strict: false,
  unicodeRegExp: false,
  allErrors: true,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) => /^[!#-;=?-[\]_a-z~%]*$/i.test(text) && URL.canParse(text, 'x://x/'),
    'date-time': true,
  },
});
const isSarif = ajv.compile(schema);

/** What the published schema has against a log. */
export function sarifErrors(log: unknown): readonly string[] {
  if (isSarif(log)) return [];
  return (isSarif.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Makes all fixes of a log as a tool does that knows nothing of harden: the replacements of each file in the order of
 * their places, those at one place in the order in which they stand in the log.
 * @param textOf the text of a file; empty for one that isn't there.
 * @returns the new text of each file that is changed. Lines and columns have to say the same as offsets.
 */
export function applySarif(
  results: readonly SarifResult[],
  textOf: (path: string) => string,
): ReadonlyMap<string, string> {
  const changes = new Map<string, SarifChange['replacements'][number][]>();
  for (const { artifactLocation, replacements } of results.flatMap(({ fixes = [] }) =>
    fixes.flatMap((fix) => fix.artifactChanges),
  )) {
    const path = decodeURIComponent(artifactLocation.uri);
    changes.set(path, [...(changes.get(path) ?? []), ...replacements]);
  }
  return new Map(
    [...changes].map(([path, replacements]) => {
      const whole = textOf(path);
      // No place of SARIF counts a byte order mark.
      const bom = whole.startsWith(BOM) ? BOM : '';
      const text = whole.slice(bom.length);
      const byOffset = replacements.map(({ deletedRegion: { charOffset, charLength }, insertedContent }) => ({
        start: charOffset,
        end: charOffset + charLength,
        text: insertedContent?.text ?? '',
      }));
      const byLine = replacements.map(({ deletedRegion: region, insertedContent }) => ({
        start: offsetOf(text, region.startLine, region.startColumn),
        end: offsetOf(text, region.endLine, region.endColumn),
        text: insertedContent?.text ?? '',
      }));
      if (JSON.stringify(byOffset) !== JSON.stringify(byLine))
        throw new Error(`${path}: lines and offsets differ`);
      return [path, bom + replaced(text, byOffset)];
    }),
  );
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}

function replaced(text: string, replacements: readonly Replacement[]): string {
  const ordered = [...replacements].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let at = 0;
  for (const { start, end, text: inserted } of ordered) {
    if (start < at) throw new Error('two replacements overlap');
    result += text.slice(at, start) + inserted;
    at = end;
  }
  return result + text.slice(at);
}
