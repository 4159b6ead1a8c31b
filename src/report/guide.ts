import type { Format, Phase } from '../core/types.js';
import type { UnitDocument } from '../formats/systemd/document.js';
import { sidecarPath } from '../sidecar.js';
import { PHASES, type Survey, type SurveyedFile } from '../survey.js';
import { folderOf } from '../workload/compose/project.js';
import { managerOf } from '../workload/unit/identity.js';
import { baseName } from '../workload/unit/scripts.js';
import type { About } from './assessment.js';
import { findingsOf, type ReportFinding } from './findings.js';
import { grouped, isFirst } from './groups.js';
import { blocks, cell, code, codeCell, escape, fence, list, lower, table } from './markdown.js';
import { SYMPTOMS } from './symptoms.js';
import { shellWord, validationSteps } from './validation.js';

/** `docs/deployment/hardening.md`: how the hardened files come into use, are tested, and are taken back. */
export function guide(survey: Survey, about: About): string {
  const changed = survey.files.filter(({ original, after }) =>
    PHASES.some((phase) => after[phase] !== original.text),
  );
  const findings = findingsOf(survey);
  if (changed.length === 0) {
    return `${blocks(
      `# Hardened deployment of ${escape(about.project)}`,
      head(about),
      'harden changes nothing here: there is nothing to deploy.',
    )}\n`;
  }
  const applied = findings.filter(({ outcome }) => outcome === 'changed');
  return `${blocks(
    `# Hardened deployment of ${escape(about.project)}`,
    head(about),
    '## Quick start',
    fence(quickStart(changed).join('\n'), 'sh'),
    table(
      ['original', 'hardened variant', 'changes first in'],
      changed.map((file) => [
        codeCell(file.path),
        codeCell(sidecarPath(file.path, file.format)),
        `phase ${PHASES.find((phase) => file.after[phase] !== file.original.text) ?? ''}`,
      ]),
    ),
    '## Options',
    options(changed),
    '## Testing',
    validationSteps(survey),
    testList(applied),
    '## Migration',
    'One phase at a time, each with the tests above before the next one.',
    ...PHASES.map((phase) => phaseSection(phase, applied, changed)),
    '## Rollback',
    rollback(changed, applied),
    '## Troubleshooting',
    troubleshooting(applied),
    '## Performance',
    performance(applied),
    '## Checklist',
    checklist(survey, findings),
  )}\n`;
}

function head({ version, date }: About): string {
  return `Written by harden ${version} on ${date}, for the files of this repository: each command and each symptom is about a change that was really made.`;
}

function formats(files: readonly SurveyedFile[]): ReadonlySet<Format> {
  return new Set(files.map(({ format }) => format));
}

function quickStart(changed: readonly SurveyedFile[]): readonly string[] {
  const there = formats(changed);
  const compose = changed.find(({ format }) => format === 'compose');
  return [
    'harden --dry-run      # see every change with its reason',
    'harden --write        # write the variants beside the originals',
    'harden verify         # build and start both, and compare them',
    ...(compose === undefined ? [] : [`docker compose --file ${variantOf(compose)} up --detach --build`]),
    ...(there.has('systemd')
      ? ['harden --write --drop-in --format systemd   # units by drop-ins instead']
      : []),
  ];
}

function variantOf({ path, format }: SurveyedFile): string {
  return shellWord(sidecarPath(path, format));
}

function options(changed: readonly SurveyedFile[]): string {
  const there = formats(changed);
  const rows: (readonly [string, string])[] = [
    ['--phase 1', 'only what changes nothing that a workload can see'],
    ['--phase 3', 'the advanced changes too'],
    ['--in-place', 'change the files themselves, phase 1 by default'],
    ['--only ID, --skip ID', 'some transforms only, or all but some: `harden list`'],
    ...(there.has('compose')
      ? [['--write --overlay', 'for Compose, a file for `-f` that holds only the changes'] as const]
      : []),
    ...(there.has('systemd')
      ? [['--write --drop-in', 'for units, a drop-in that holds only the changes'] as const]
      : []),
    ...(there.has('compose') || there.has('dockerfile')
      ? [['--pin-digests', 'pin images to the digest of their tag'] as const]
      : []),
    ...(there.has('dockerfile')
      ? [['--phase 3 --base distroless', 'a runtime image without a shell, where nothing needs one'] as const]
      : []),
  ];
  return blocks(
    table(
      ['option', 'what it does'],
      rows.map(([option, what]) => [codeCell(option), what]),
    ),
    'What harden cannot see (a folder that a plugin writes, a capability of a rare feature) is said once in `harden.config.yml`, by file and service; `harden verify --fix` writes it there.',
  );
}

/** What to try by hand, from what the graver changes may break; troubleshooting tells of all. */
function testList(applied: readonly ReportFinding[]): string {
  const grave = applied.filter(
    ({ phase, meta }) => phase > 1 && meta.severity !== 'low' && meta.severity !== 'info',
  );
  const items = grave
    .map(({ meta }) => meta)
    .filter(isFirst)
    .map((meta) => {
      const files = grave
        .filter((one) => one.meta === meta)
        .map(({ path }) => code(path))
        .filter(isFirst);
      return `${escape(meta.title)} (${files.join(', ')}): ${escape(lower(meta.mayBreak))}`;
    });
  return items.length === 0 ? '' : blocks('Besides, try what the changes may break:', list(items));
}

const NAMES: Readonly<Record<Phase, string>> = { 1: 'immediate', 2: 'needs testing', 3: 'advanced' };

function phaseSection(
  phase: Phase,
  applied: readonly ReportFinding[],
  changed: readonly SurveyedFile[],
): string {
  const groups = [...grouped(applied.filter((finding) => finding.phase === phase))].sort((a, b) =>
    a.first.path < b.first.path ? -1 : a.first.path > b.first.path ? 1 : 0,
  );
  const files = changed.filter(({ original, after }) =>
    phase === 1 ? after[1] !== original.text : after[phase] !== after[(phase - 1) as Phase],
  );
  const heading = `### Phase ${phase}: ${NAMES[phase]}`;
  if (groups.length === 0) return blocks(heading, 'Nothing of this phase is changed here.');
  const before = groups
    .map(({ first: { change = '' } }) => /, after: (sudo chown .*)$/.exec(change)?.[1])
    .filter((command) => command !== undefined);
  return blocks(
    heading,
    table(
      ['file', 'change', 'where'],
      groups.map(({ first, places }) => [
        codeCell(first.path),
        codeCell(first.change ?? ''),
        places
          .map(({ subject }) => subject)
          .filter((name) => name !== '')
          .filter(isFirst)
          .map(cell)
          .join(', '),
      ]),
    ),
    before.length === 0 ? undefined : blocks('Before the first start:', fence(before.join('\n'), 'sh')),
    fence(rollOut(phase, files).join('\n'), 'sh'),
  );
}

function rollOut(phase: Phase, files: readonly SurveyedFile[]): readonly string[] {
  const there = formats(files);
  const compose = files.filter(({ format }) => format === 'compose');
  const units = files.filter(({ format }) => format === 'systemd');
  return [
    `harden --write --phase ${phase}`,
    `harden verify --phase ${phase}`,
    ...compose.map((file) => `docker compose --file ${variantOf(file)} up --detach --build --wait`),
    ...(there.has('dockerfile') && compose.length === 0
      ? files
          .filter(({ format }) => format === 'dockerfile')
          .map((file) => `docker build --file ${variantOf(file)} ${shellWord(folderOf(file.path))}`)
      : []),
    ...installed(units, variantOf),
  ];
}

/** The commands that put units in place and start them: a user's own by their own manager. */
function installed(
  units: readonly SurveyedFile[],
  source: (file: SurveyedFile) => string,
): readonly string[] {
  const commands = (
    those: readonly SurveyedFile[],
    folder: string,
    root: string,
    manager: string,
  ): readonly string[] =>
    those.length === 0
      ? []
      : [
          ...those.map(
            (file) => `${root}install -D -m 644 ${source(file)} ${folder}/${shellWord(baseName(file.path))}`,
          ),
          `${root}systemctl ${manager}daemon-reload`,
          ...those.map(({ path }) => `${root}systemctl ${manager}restart ${shellWord(baseName(path))}`),
        ];
  const own = (file: SurveyedFile): boolean => managerOf(file.original as UnitDocument).value === 'user';
  return [
    ...commands(
      units.filter((file) => !own(file)),
      '/etc/systemd/system',
      'sudo ',
      '',
    ),
    ...commands(units.filter(own), '~/.config/systemd/user', '', '--user '),
  ];
}

function rollback(changed: readonly SurveyedFile[], applied: readonly ReportFinding[]): string {
  const compose = changed.filter(({ format }) => format === 'compose');
  const units = changed.filter(({ format }) => format === 'systemd');
  const users = applied.some(({ meta }) => meta.id.endsWith('/run-as-non-root'));
  return blocks(
    'The originals stay as they are beside the variants. To go back:',
    fence(
      [
        ...compose.map(({ path }) => `docker compose --file ${shellWord(path)} up --detach --build`),
        ...installed(units, ({ path }) => shellWord(path)),
        `git checkout -- ${changed.map(({ path }) => shellWord(path)).join(' ')}   # after --in-place`,
      ].join('\n'),
      'sh',
    ),
    users
      ? 'What the hardened services wrote belongs to their new users: `chown` it back where the original runs as another user than root.'
      : undefined,
  );
}

function troubleshooting(applied: readonly ReportFinding[]): string {
  const ids = new Set(applied.map(({ meta }) => meta.id as string));
  const rows = SYMPTOMS.flatMap(({ seen, transforms, look, remedy }) => {
    const causes = transforms.filter((id) => ids.has(id));
    return causes.length === 0 ? [] : [[seen, causes.map(codeCell).join(', '), look, remedy]];
  });
  const told = new Set(SYMPTOMS.flatMap(({ transforms }) => transforms));
  const others = applied.filter(({ meta }) => !told.has(meta.id) && !/^Nothing\b/.test(meta.mayBreak));
  const rest = others.map(({ meta }) => `${code(meta.id)}: ${escape(meta.mayBreak)}`).filter(isFirst);
  return blocks(
    rows.length === 0 ? undefined : table(['what is seen', 'change', 'look at', 'remedy'], rows),
    rest.length === 0 ? undefined : blocks('The other changes, and what each may break:', list(rest)),
    '`harden verify` finds the change that is to blame by trying, and `harden verify --fix` mends it. A transform is left out for one file or service by `skip` in `harden.config.yml`.',
  );
}

/** Only what follows from the changes; figures come from the commands that measure them here. */
function performance(applied: readonly ReportFinding[]): string {
  const has = (...ids: readonly string[]): boolean => applied.some(({ meta }) => ids.includes(meta.id));
  const items = [
    ...(has('dockerfile/separate-build')
      ? ['The image loses what only the build needs: `harden verify --stage build` prints both sizes.']
      : []),
    ...(has('compose/read-only-rootfs', 'quadlet/read-only-rootfs')
      ? ['What is written to a tmpfs counts as memory of the container, up to the size that the entry names.']
      : []),
    ...(has('compose/limit-memory', 'compose/limit-cpus', 'compose/limit-pids')
      ? ['Limits bound what a service may use at its peak: compare `docker stats` before and after.']
      : []),
    ...(has('dockerfile/add-healthcheck', 'compose/add-healthcheck')
      ? ['A health check starts a process in the container at each interval.']
      : []),
    ...(has('systemd/filter-system-calls')
      ? ['A system call filter is a BPF program that the kernel runs at each system call of the unit.']
      : []),
  ];
  return items.length === 0 ? 'None of the changes works while the workload runs.' : list(items);
}

function checklist(survey: Survey, findings: readonly ReportFinding[]): string {
  const open = findings.filter(({ outcome }) => outcome === 'open').length;
  const [cis] = survey.standards;
  const undecidable = (cis?.controls ?? []).filter(({ states }) => states[2].status === 'UNDECIDABLE').length;
  return [
    'the diff was read: `harden --dry-run`',
    ...(open === 0
      ? []
      : [`the ${open} findings that are for you to decide were decided (SECURITY_ASSESSMENT_DOCKER.md)`]),
    'phase 1 is in use',
    '`harden verify` passes for phase 2',
    'what the changes may break was tried by hand',
    'monitoring shows no new errors for a week; then phase 3 is looked at',
    'the way back was tried once',
    `the ${undecidable} controls of the CIS benchmark that no file shows were decided on the hosts`,
  ]
    .map((item) => `- [ ] ${item}`)
    .join('\n');
}
