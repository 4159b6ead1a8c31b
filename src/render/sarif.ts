import type { Evidence, TransformMeta } from '../core/types.js';
import { issuesOf, issueText, type Digest, type Issue, type IssueFix } from './issues.js';
import type { Output, Piece, Told } from './output.js';
import { problemsOf } from './problems.js';
import { charOffset, regionOf } from './region.js';
import { LEVELS, ruleOf } from './sarif-rules.js';

/** What GitHub names in its documentation: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support */
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** Paths are relative to the folder of the run, whatever that is: SARIF's usual name for it. */
const BASE = '%SRCROOT%';

export interface SarifOptions {
  readonly version: string;
  /** Where people read about harden; undefined where there is no such page. */
  readonly homepage: string | undefined;
  readonly digest: Digest;
  /** Of the transforms that there are: each is a rule. */
  readonly policies: readonly TransformMeta[];
}

/**
 * SARIF 2.1.0, as GitHub code scanning, editors and other tools read it. The fixes of a file's results together, in their
 * order, make of it what `--in-place` writes.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 */
export function createSarifOutput({ version, homepage, digest, policies }: SarifOptions): Output {
  const ruleIndex = new Map<string, number>(policies.map(({ id }, index) => [id, index]));
  return {
    head: () => {
      const driver = {
        name: 'harden',
        version,
        semanticVersion: version,
        informationUri: homepage,
        rules: policies.map(ruleOf),
      };
      const bases = { [BASE]: { description: { text: 'The folder of the run.' } } };
      return `{"$schema":${JSON.stringify(SCHEMA)},"version":"2.1.0","runs":[{"tool":${JSON.stringify({ driver })},"columnKind":"utf16CodeUnits","originalUriBaseIds":${JSON.stringify(bases)},"results":[\n`;
    },
    separator: ',\n',
    outcome: (told) => [
      ...issuesOf(told, digest).map((issue) => ({
        text: JSON.stringify(resultOf(issue, ruleIndex.get(issue.meta.id))),
      })),
      ...notificationsOf(told),
    ],
    foot: ({ errors }, held) => {
      const notifications = held.map(({ text }) => text).join(',\n');
      return `\n],"invocations":[{"executionSuccessful":${String(errors === 0)},"toolExecutionNotifications":[${notifications}]}]}]}\n`;
    },
  };
}

const WITHHELD =
  ' The fix is left out here: it would tell a secret that it moves. harden --in-place makes it.';

function resultOf(issue: Issue, ruleIndex: number | undefined): object {
  const { meta, disposition, phase, safety, path, region, subject, evidence, fingerprint, fix } = issue;
  return {
    ruleId: meta.id,
    ruleIndex,
    // What a later phase changes is told, and below what can be done now.
    level: disposition === 'later' ? 'note' : LEVELS[meta.severity],
    message: { text: messageText(issueText(issue) + (issue.withheld === true ? WITHHELD : '')) },
    locations: [{ physicalLocation: placeOf(path, region), logicalLocations: [{ name: subject }] }],
    relatedLocations: unique(evidence.flatMap(relatedLocation)),
    // A name of its own: the upload to GitHub computes primaryLocationLineHash itself, and warns of any other value there.
    partialFingerprints: { 'hardenFinding/v1': fingerprint },
    baselineState: issue.known === undefined ? undefined : issue.known ? 'unchanged' : 'new',
    fixes: fix === undefined ? undefined : [fixOf(issue, fix)],
    suppressions:
      disposition === 'accepted'
        ? [{ kind: 'external', status: 'accepted', justification: issue.reason }]
        : undefined,
    properties: {
      disposition,
      phase,
      safety,
      fixedWith: issue.fixedWith,
      sources: evidence.flatMap((item) => ('source' in item ? [`${item.source}: ${item.text}`] : [])),
    },
  };
}

/** `{0}` would be a placeholder, and `[text](1)` a link: 3.11.5 and 3.11.6 of the specification. */
function messageText(text: string): string {
  return text.replace(/\{(\d+)\}/g, '{{$1}}').replace(/\[(?=[^\]]*\]\()/g, '\\[');
}

function placeOf(path: string, region: object | undefined): object {
  return { artifactLocation: artifactOf(path), region };
}

function artifactOf(path: string): object {
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: BASE };
}

function relatedLocation(item: Evidence): readonly object[] {
  if ('source' in item) return [];
  const region = { startLine: Math.max(1, item.line) };
  return [{ physicalLocation: placeOf(item.file, region), message: { text: messageText(item.text) } }];
}

/** The schema wants no two that are the same. */
function unique(items: readonly object[]): readonly object[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function fixOf({ change }: Issue, { path, text, lines, edits }: IssueFix): object {
  return {
    description: { text: change },
    artifactChanges: [
      {
        artifactLocation: artifactOf(path),
        replacements: edits.map(({ start, end, text: inserted }) => ({
          deletedRegion: {
            ...regionOf(lines, text, { start, end }),
            charOffset: charOffset(text, start),
            charLength: charOffset(text, end) - charOffset(text, start),
          },
          insertedContent: inserted === '' ? undefined : { text: inserted },
        })),
      },
    ],
  };
}

/** What went wrong, and what was left alone as no file for harden. */
function notificationsOf(told: Told): readonly Piece[] {
  const { outcome } = told;
  const errors = problemsOf(told).map(({ path, line, reason }) => ({
    level: 'error',
    message: { text: messageText(reason) },
    locations: [{ physicalLocation: placeOf(path, line === undefined ? undefined : { startLine: line }) }],
  }));
  const left =
    outcome.kind === 'foreign'
      ? [
          {
            level: 'note',
            message: { text: messageText(`Left alone: ${outcome.reason}`) },
            locations: [{ physicalLocation: placeOf(outcome.path, undefined) }],
          },
        ]
      : [];
  return [...errors, ...left].map((notification) => ({ text: JSON.stringify(notification), rank: 0 }));
}
