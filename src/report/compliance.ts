import type { Judged } from '../standards/status.js';
import { MOMENTS, type AssessedControl, type AssessedStandard, type Moment } from '../survey.js';
import type { ReportFinding } from './findings.js';
import { isFirst } from './groups.js';
import { enumeration } from '../core/words.js';
import { blocks, cell, code, codeCell, escape, list, prose, proseCell, table } from './markdown.js';
import type { Topic } from './topics.js';

/** Each standard before and after, what moves its controls, what is left, and what only a host shows. */
export function complianceSection(standards: readonly AssessedStandard[], topics: readonly Topic[]): string {
  return blocks(
    '## Compliance',
    'PASS: every container or image meets it. PARTIAL: some do, or what does not is accepted with a reason. FAIL: none does. UNDECIDABLE: no file shows it; the command that decides it stands at the end of this part. Each status is decided from the files as they are, and as each phase leaves them.',
    ...standards.map((assessed) => standardSection(assessed, topics)),
    undecidableSection(standards),
  );
}

export function momentName(moment: Moment): string {
  return moment === 'before' ? 'before' : `phase ${moment}`;
}

function standardSection({ standard, controls }: AssessedStandard, topics: readonly Topic[]): string {
  const short = (control: AssessedControl['control']): string =>
    escape(control.id.slice(standard.id.length + 1));
  const moved = controls.filter(({ states }) =>
    MOMENTS.some((moment) => states[moment].status !== states.before.status),
  );
  return blocks(
    `### ${escape(standard.name)}`,
    `Version: ${escape(standard.version)}. Source: <${standard.source}>.${standard.scope === undefined ? '' : ` ${escape(standard.scope)}`}`,
    table(
      ['control', 'what it asks for', ...MOMENTS.map(momentName)],
      controls.map(({ control, states }) => [
        short(control),
        cell(control.title),
        ...MOMENTS.map((moment) => states[moment].status),
      ]),
    ),
    moved.length === 0
      ? 'No change of harden moves one of these controls.'
      : blocks(
          'What the changes move:',
          list(
            moved.map((assessed) => {
              const names = changing(assessed, topics);
              return `${short(assessed.control)}: ${courseOf(assessed)}${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
            }),
          ),
        ),
    unmetList(controls, short, topics),
    basisSection(controls, short),
  );
}

/** `FAIL, PARTIAL after phase 1, PASS after phase 2`. */
function courseOf({ states }: AssessedControl): string {
  const steps = MOMENTS.filter(
    (moment, at) => at === 0 || states[moment].status !== states[MOMENTS[at - 1]!].status,
  );
  return steps
    .map((moment) =>
      moment === 'before' ? states[moment].status : `${states[moment].status} after phase ${moment}`,
    )
    .join(', ');
}

/** The topics whose changes have to do with what kept a control from PASS. */
function changing({ states }: AssessedControl, topics: readonly Topic[]): readonly string[] {
  const unmet = states.before.judged.filter(({ verdict }) => verdict.kind !== 'met');
  return topicsAbout(unmet, topics, ({ outcome }) => outcome === 'changed');
}

function topicsAbout(
  judged: readonly Judged[],
  topics: readonly Topic[],
  fits: (finding: ReportFinding) => boolean,
): readonly string[] {
  return topics
    .filter(({ meta, findings }) =>
      judged.some(
        ({ check, subject }) =>
          check.transforms.includes(meta.id) &&
          findings.some((finding) => fits(finding) && isAbout(finding, subject)),
      ),
    )
    .map(({ name }) => name);
}

function isAbout({ path, subject: of }: ReportFinding, subject: Judged['subject']): boolean {
  if (path !== subject.path) return false;
  return subject.kind === 'image' || of === '' || of === `service ${subject.name}`;
}

/** What keeps controls from PASS after phase 2, which is what `--write` makes: told once for all that it is true of. */
function unmetList(
  controls: readonly AssessedControl[],
  short: (control: AssessedControl['control']) => string,
  topics: readonly Topic[],
): string | undefined {
  const items = controls.flatMap(({ control, states }) => {
    const unmet = states[2].judged.filter(({ verdict }) => verdict.kind === 'unmet');
    return unmet
      .map(saysOf)
      .filter(isFirst)
      .map((says) => {
        const own = unmet.filter((judged) => saysOf(judged) === says);
        const names = topicsAbout(own, topics, ({ outcome, phase }) => outcome === 'open' || phase === 3);
        const known = names.length === 0 ? '' : ` (${names.join(', ')})`;
        return `${short(control)}: ${placesOf(own)}: ${prose(says)}${known}`;
      });
  });
  return items.length === 0 ? undefined : blocks('What is still unmet after phase 2:', list(items));
}

/**
 * `compose.yml` (web in line 4 and api in line 9), `Dockerfile:12`.
 * @param lineOf undefined where the lines are of a text that the reader does not have.
 */
function placesOf(
  judged: readonly Judged[],
  lineOf: (judged: Judged) => number | undefined = () => undefined,
): string {
  const paths = judged.map(({ subject }) => subject.path).filter(isFirst);
  return enumeration(
    paths.map((path) => {
      const own = judged.filter(({ subject }) => subject.path === path);
      const lines = own.map(lineOf).filter((line) => line !== undefined);
      const named = own.filter(({ subject }) => subject.name !== '');
      if (named.length === 0) return code(lines[0] === undefined ? path : `${path}:${lines[0]}`);
      const names = named.map((one) => {
        const line = lineOf(one);
        return escape(one.subject.name) + (line === undefined ? '' : ` in line ${line}`);
      });
      return `${code(path)} (${enumeration(names.filter(isFirst))})`;
    }),
  );
}

/** The line of the subject's own file that a verdict rests on. */
function lineIn({ subject, verdict }: Judged): number | undefined {
  if (!('evidence' in verdict)) return undefined;
  return verdict.evidence.flatMap((one) => ('file' in one && one.file === subject.path ? [one.line] : []))[0];
}

const VERDICTS = { met: 'met', unmet: 'not met', unknown: 'open' } as const;

/** What each status rests on as the files stand; folded, as it is for who doubts one. */
function basisSection(
  controls: readonly AssessedControl[],
  short: (control: AssessedControl['control']) => string,
): string {
  const items = controls.flatMap(({ control, states: { before } }) => {
    const parts = (['met', 'unmet', 'unknown'] as const).flatMap((kind) => {
      const same = before.judged.filter(({ verdict }) => verdict.kind === kind);
      return same
        .map(saysOf)
        .filter(isFirst)
        .map((says) => {
          const own = same.filter((one) => saysOf(one) === says);
          return `${VERDICTS[kind]}, ${prose(says)}: ${placesOf(own, lineIn)}`;
        });
    });
    return parts.length === 0 ? [] : [`${short(control)}, ${before.status}: ${parts.join('; ')}`];
  });
  if (items.length === 0) return '';
  return blocks(
    '<details><summary>What each status rests on, as the files stand</summary>',
    list(items),
    '</details>',
  );
}

function saysOf({ verdict, accepted }: Judged): string {
  return accepted === undefined ? verdict.says : `${verdict.says}; accepted: ${accepted}`;
}

/** Asked once, for all controls that the same answer decides. */
function undecidableSection(standards: readonly AssessedStandard[]): string | undefined {
  const open = standards
    .flatMap(({ controls }) => controls)
    .flatMap(({ control, states }) => {
      if (states[2].status !== 'UNDECIDABLE') return [];
      const open = states[2].judged.filter(({ verdict }) => verdict.kind === 'unknown').map(saysOf);
      const whys = open.length === 0 ? [control.undecided?.why ?? ''] : open.filter(isFirst);
      return [{ id: control.id, whys, decide: control.undecided?.decide ?? '' }];
    });
  if (open.length === 0) return undefined;
  return blocks(
    '### What no file shows',
    table(
      ['control', 'why', 'decide it by'],
      open
        .map(({ decide }) => decide)
        .filter(isFirst)
        .map((decide) => {
          const own = open.filter((control) => control.decide === decide);
          const whys = own.flatMap((control) => control.whys).filter(isFirst);
          return [
            own.map(({ id }) => escape(id)).join(', '),
            whys.map(proseCell).join('; '),
            decide === '' ? '' : codeCell(decide),
          ];
        }),
    ),
  );
}
