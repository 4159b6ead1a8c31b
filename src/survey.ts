import { realpathSync } from 'node:fs';
import type { PlanEntry } from './core/plan.js';
import type { Finding, Format, Phase, SemanticPath, SourceDocument } from './core/types.js';
import type { Exposure } from './exposure/exposure.js';
import { composeAdapter } from './formats/compose/parse.js';
import type { DockerfileDocument } from './formats/dockerfile/document.js';
import { dockerfileAdapter } from './formats/dockerfile/parse.js';
import { quadletAdapter } from './formats/systemd/parse.js';
import {
  createRunBelow,
  type FailedOutcome,
  type FileOutcome,
  type HardenOptions,
  type Run,
} from './harden.js';
import { discoverAmong, type SourceFile } from './io/discover.js';
import { standards } from './standards/index.js';
import { stateOf, type ControlState } from './standards/status.js';
import type { ContainerSubject, Control, Standard, Subject } from './standards/types.js';
import { contextOf } from './workload/context-of.js';
import { imageBuild, runningStages } from './workload/dockerfile.js';

export const PHASES = [1, 2, 3] as const satisfies readonly Phase[];

/** The tree as it is, and as it is after each phase. */
export const MOMENTS = ['before', ...PHASES] as const;
export type Moment = (typeof MOMENTS)[number];

/** A control at each moment. */
export interface AssessedControl {
  readonly control: Control;
  readonly states: Readonly<Record<Moment, ControlState>>;
}

export interface AssessedStandard {
  readonly standard: Standard;
  readonly controls: readonly AssessedControl[];
}

export interface SurveyedFile {
  readonly path: string;
  readonly format: Format;
  readonly original: SourceDocument;
  /** The text that each phase makes of it. */
  readonly after: Readonly<Record<Phase, string>>;
  /** All that is found, with the changes of every phase applied. */
  readonly entries: readonly PlanEntry[];
  /** What each phase applies: where a later one converts a file, it has nothing to say of what an earlier one changes. */
  readonly applied: Readonly<Record<Phase, readonly PlanEntry[]>>;
  /** Of a unit: its score as it is, and after each phase. */
  readonly exposure: Readonly<Record<Moment, Exposure>> | undefined;
  /** Of a Compose file or a Quadlet: the containers that it declares. */
  readonly containers: readonly string[];
  /** Of a Dockerfile. */
  readonly image: SurveyedImage | undefined;
}

/** How the image of a Dockerfile is built, and where its program is. */
export interface SurveyedImage {
  /** Undefined where the files leave a doubt. */
  readonly buildContext: string | undefined;
  /** True where a Compose service builds it. */
  readonly composed: boolean;
  /** Of the last stage, as phase 2 leaves it. */
  readonly workdir: string | undefined;
}

/** A tree as it is, and as harden leaves it after each phase. */
export interface Survey {
  readonly files: readonly SurveyedFile[];
  /** The containers of all files, as phase 3 leaves them. */
  readonly containers: readonly ContainerSubject[];
  readonly failures: readonly FailedOutcome[];
  readonly standards: readonly AssessedStandard[];
}

type Planned = Extract<FileOutcome, { kind: 'planned' }>;

/** A file's plan in each phase; undefined where that phase could not plan it. */
type PlansOfFile = Readonly<Record<Phase, Planned | undefined>>;

/** Makes a run of a phase over the tree, with texts in place of those that stand there. */
export type RunAt = (phase: Phase, texts?: ReadonlyMap<string, string>) => Run;

/** Looks at a tree for a report. Nothing is written. */
export function survey(options: Omit<HardenOptions, 'phase'>): Survey {
  const root = realpathSync(options.root);
  const { files, selected, failures } = discoverAmong(root, options.paths);
  return surveyRuns((phase, texts = new Map()) => {
    const run = createRunBelow(root, files, { ...options, phase, selected }, failures);
    for (const [path, text] of texts) run.replaced(path, text);
    return run;
  });
}

/**
 * Plans the changes of each phase, and decides the controls of all standards on the tree as it is and with the files of each
 * phase in place of the originals.
 */
export function surveyRuns(runAt: RunAt): Survey {
  const whole = runAt(3);
  const failures = [...whole.failures];
  const planned: Planned[] = [];
  const plans = new Map<string, PlansOfFile>();
  const before: Subject[] = [];
  // File by file, so that a document is read once for all that is asked of it.
  for (const file of whole.files) {
    const outcome = whole.plan(file);
    if (outcome.kind === 'failed') failures.push(outcome);
    if (outcome.kind !== 'planned') continue;
    planned.push(outcome);
    plans.set(file.path, { 3: outcome, 2: plannedAt(whole, 2, file), 1: plannedAt(whole, 1, file) });
    before.push(...subjectsIn(whole, file, outcome.plan.entries));
  }
  const subjects = new Map<Moment, readonly Subject[]>([['before', before]]);
  for (const phase of PHASES) {
    const textAt = (at: Phase, path: string): string | undefined => plans.get(path)![at]?.plan.result;
    const texts = [...plans.keys()].flatMap((path) => {
      const text = textAt(phase, path);
      return text === undefined ? [] : [[path, text] as const];
    });
    // A phase that adds nothing leaves the tree as the one before it did.
    const earlier = phase === 1 ? undefined : ((phase - 1) as Phase);
    const same = planned.every(
      ({ file: { path }, plan }) =>
        textAt(phase, path) === (earlier === undefined ? plan.original.text : textAt(earlier, path)),
    );
    subjects.set(phase, same ? subjects.get(earlier ?? 'before')! : subjectsOf(runAt(3, new Map(texts))));
  }
  const atEach = <T>(state: (moment: Moment) => T): Readonly<Record<Moment, T>> =>
    Object.fromEntries(MOMENTS.map((moment) => [moment, state(moment)])) as unknown as Record<Moment, T>;
  return {
    files: planned.map((outcome) => ({
      ...surveyed(outcome, plans.get(outcome.file.path)!, atEach),
      image: imageOf(whole, outcome, subjects.get(2)!),
      containers: containersIn(outcome.file.path, subjects.get('before')!),
    })),
    containers: subjects.get(3)!.filter((subject) => subject.kind === 'container'),
    failures,
    standards: standards.map((standard) => ({
      standard,
      controls: standard.controls.map((control) => ({
        control,
        states: atEach((moment) => stateOf(control, subjects.get(moment)!)),
      })),
    })),
  };
}

function surveyed(
  { file, plan, exposure }: Planned,
  plans: PlansOfFile,
  atEach: <T>(state: (moment: Moment) => T) => Readonly<Record<Moment, T>>,
): Omit<SurveyedFile, 'image' | 'containers'> {
  const textAt = (phase: Phase): string => plans[phase]?.plan.result ?? plan.original.text;
  const appliedAt = (phase: Phase): readonly PlanEntry[] =>
    plans[phase]?.plan.entries.filter(({ disposition }) => disposition === 'applied') ?? [];
  return {
    path: file.path,
    format: file.format,
    original: plan.original,
    after: { 1: textAt(1), 2: textAt(2), 3: textAt(3) },
    entries: plan.entries,
    applied: { 1: appliedAt(1), 2: appliedAt(2), 3: appliedAt(3) },
    exposure:
      exposure === undefined
        ? undefined
        : atEach((moment) =>
            moment === 'before' ? exposure.before : (plans[moment]?.exposure ?? exposure).after,
          ),
  };
}

function imageOf(
  { projects, workspace }: Run,
  { file, plan }: Planned,
  subjects: readonly Subject[],
): SurveyedImage | undefined {
  if (file.format !== 'dockerfile') return undefined;
  const contexts = projects.contextsOf(file.path);
  const images = subjects.flatMap((subject) =>
    subject.kind === 'image' && subject.path === file.path ? [subject] : [],
  );
  return {
    buildContext: contextOf(plan.original as DockerfileDocument, workspace.reader, contexts),
    composed: contexts.length > 0,
    workdir: images.at(-1)?.build.workdir,
  };
}

function containersIn(path: string, subjects: readonly Subject[]): readonly string[] {
  return subjects
    .filter((subject) => subject.kind === 'container' && subject.path === path)
    .map(({ name }) => name);
}

function plannedAt(run: Run, phase: Phase, file: SourceFile): Planned | undefined {
  const outcome = run.planAt(phase, file);
  return outcome.kind === 'planned' ? outcome : undefined;
}

/** The formats that no control is about. */
const WITHOUT_SUBJECTS: ReadonlySet<Format> = new Set<Format>(['systemd', 'fly', 'render']);

/** What the controls are about in the tree of a run: its containers and images. */
export function subjectsOf(run: Run): readonly Subject[] {
  return run.files.flatMap((file) => {
    const entries = WITHOUT_SUBJECTS.has(file.format) ? undefined : run.entries(file);
    return entries === undefined ? [] : subjectsIn(run, file, entries);
  });
}

/** What of a file the controls are about: its containers or its images. */
function subjectsIn(
  { workspace, projects }: Run,
  file: SourceFile,
  entries: readonly PlanEntry[],
): readonly Subject[] {
  switch (file.format) {
    case 'compose': {
      const opened = workspace.open(file.path, composeAdapter);
      if (opened.kind !== 'document') return [];
      const { document } = opened;
      const context = projects.composeContext(document);
      return document.services.flatMap(({ name, map }): Subject[] => {
        const workload = context.workload(name);
        // An override file only adds to what the base file declares.
        if (workload?.view.declaredIn !== document || map === undefined) return [];
        const found = findingsOf(
          entries,
          ([section, service]) => section === undefined || (section === 'services' && service === name),
        );
        return [{ kind: 'container', name, path: file.path, workload, podman: false, found }];
      });
    }
    case 'quadlet': {
      const opened = workspace.open(file.path, quadletAdapter);
      if (opened.kind !== 'document') return [];
      const { service } = projects.quadletContext(opened.document).workload;
      const found = findingsOf(entries, () => true);
      return [
        { kind: 'container', name: service.name, path: file.path, workload: service, podman: true, found },
      ];
    }
    case 'dockerfile': {
      const opened = workspace.open(file.path, dockerfileAdapter);
      if (opened.kind !== 'document') return [];
      const { document } = opened;
      const context = projects.dockerfileContext(file.path);
      const running = runningStages(document, context);
      const others = new Set(running.map(({ index }) => String(index)));
      return running.map((stage): Subject => ({
        kind: 'image',
        name: stage.name ?? '',
        path: file.path,
        document,
        build: imageBuild(document, stage, context),
        // What a stage of the build does comes into every image that is made from it.
        found: findingsOf(entries, ([, index = '']) => index === String(stage.index) || !others.has(index)),
      }));
    }
    case 'systemd':
    case 'fly':
    case 'render':
      return [];
  }
}

function findingsOf(
  entries: readonly PlanEntry[],
  concerns: (subject: SemanticPath) => boolean,
): (id: string) => readonly Finding[] {
  return (id) =>
    entries
      .filter(({ meta, finding }) => meta.id === id && concerns(finding.subject))
      .map(({ finding }) => finding);
}
