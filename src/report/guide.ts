import type { Format } from '../core/types.js';
import { sidecarPath } from '../sidecar.js';
import { PHASES, type Survey, type SurveyedFile } from '../survey.js';
import { apparmorSection } from './apparmor.js';
import type { About } from './assessment.js';
import { beyondFiles } from './beyond.js';
import { buildCommand, composeCommand, isProject, variantOf } from './commands.js';
import { containerApparmorSection } from './container-apparmor.js';
import { findingsOf, type ReportFinding } from './findings.js';
import { isFirst } from './groups.js';
import { blocks, capital, code, codeCell, escape, fence, list, lower, prose, table } from './markdown.js';
import { phaseSection, rollback } from './rollout.js';
import { selinuxSection } from './selinux.js';
import { SYMPTOMS } from './symptoms.js';
import { userNamespaceSection } from './user-namespaces.js';
import { validationSteps } from './validation.js';
import { counted } from './words.js';

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
    fence(quickStart(changed, survey.files).join('\n'), 'sh'),
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
    ...PHASES.map((phase) => phaseSection(phase, applied, survey.files)),
    apparmorSection(applied),
    containerApparmorSection(applied, survey.files),
    selinuxSection(survey),
    userNamespaceSection(survey),
    beyondFiles(formats(survey.files)),
    '## Rollback',
    rollback(changed, survey.files, applied),
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

function quickStart(changed: readonly SurveyedFile[], all: readonly SurveyedFile[]): readonly string[] {
  const there = formats(changed);
  const compose = changed.find(isProject);
  const dockerfile = changed.find(({ format }) => format === 'dockerfile');
  return [
    'harden --dry-run      # see every change with its reason',
    'harden --write        # write the variants beside the originals',
    'harden verify         # build and start both, and compare them',
    ...(compose !== undefined
      ? [`${composeCommand(compose, all, variantOf)} up --detach --build --wait`]
      : dockerfile !== undefined
        ? [buildCommand(dockerfile)]
        : []),
    ...(there.has('systemd')
      ? ['harden --write --drop-in --format systemd   # units by drop-ins instead']
      : []),
  ];
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

/** Changes after phase 1 that are grave enough to try by hand. */
function toTry(applied: readonly ReportFinding[]): readonly ReportFinding[] {
  return applied.filter(
    ({ phase, meta }) => phase > 1 && meta.severity !== 'low' && meta.severity !== 'info',
  );
}

/** So many files are named; the assessment names all. */
const MOST_FILES = 3;

/** What to try by hand, from what the graver changes may break; troubleshooting tells of the others. */
function testList(applied: readonly ReportFinding[]): string {
  const grave = toTry(applied);
  const items = grave
    .map(({ meta }) => meta)
    .filter(isFirst)
    .map((meta) => {
      const files = grave
        .filter((one) => one.meta === meta)
        .map(({ path }) => code(path))
        .filter(isFirst);
      const more = files.length - MOST_FILES;
      const named = files.slice(0, MOST_FILES).join(', ');
      const rest = more > 0 ? ` and ${counted(more, 'more file')}` : '';
      return `**${escape(meta.title)}** (${named}${rest}): ${prose(lower(meta.mayBreak))}`;
    });
  return items.length === 0 ? '' : blocks('Besides, try what the changes may break:', list(items));
}

function troubleshooting(applied: readonly ReportFinding[]): string {
  const ids = new Set(applied.map(({ meta }) => meta.id as string));
  const items = SYMPTOMS.flatMap(({ seen, transforms, look, remedy }) => {
    const causes = transforms.filter((id) => ids.has(id));
    return causes.length === 0
      ? []
      : [
          `**${capital(seen)}**\n${list([
            `Look at: ${look}`,
            `Remedy: ${remedy}`,
            `Changed by: ${causes.map(code).join(', ')}`,
          ])}`,
        ];
  });
  const told = new Set<string>([
    ...SYMPTOMS.flatMap(({ transforms }) => transforms),
    ...toTry(applied).map(({ meta }) => meta.id),
  ]);
  const others = applied.filter(({ meta }) => !told.has(meta.id) && !/^Nothing\b/.test(meta.mayBreak));
  const rest = others.map(({ meta }) => `${code(meta.id)}: ${prose(lower(meta.mayBreak))}`).filter(isFirst);
  return blocks(
    items.length === 0 ? undefined : list(items),
    rest.length === 0 ? undefined : blocks('What the other changes may break:', list(rest)),
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
  const changes = (phase: ReportFinding['phase']): boolean =>
    findings.some((finding) => finding.outcome === 'changed' && finding.phase === phase);
  return [
    'Read the diff: `harden --dry-run`',
    ...(open === 0
      ? []
      : [`Decide the ${counted(open, 'finding')} that harden leaves to you: SECURITY_ASSESSMENT_DOCKER.md`]),
    ...(changes(1) ? ['Bring phase 1 into use'] : []),
    ...(changes(2)
      ? [
          'See `harden verify` pass for phase 2',
          'Try by hand what the changes may break',
          'Try the way back once',
          'Bring phase 2 into use, and watch the logs for a week',
        ]
      : []),
    ...(changes(3) ? ['Look at phase 3'] : []),
    ...(undecidable === 0
      ? []
      : [
          `Decide the ${counted(undecidable, 'control')} of the CIS benchmark that no file shows, on the hosts`,
        ]),
  ]
    .map((item) => `- [ ] ${item}`)
    .join('\n');
}
