import { realpathSync } from 'node:fs';
import type { PlanEntry } from './core/plan.js';
import type { Finding, Phase, SemanticPath } from './core/types.js';
import { composeAdapter } from './formats/compose/parse.js';
import { dockerfileAdapter } from './formats/dockerfile/parse.js';
import { quadletAdapter } from './formats/systemd/parse.js';
import { createRunBelow, prepare, type HardenOptions, type Run } from './harden.js';
import type { SourceFile } from './io/discover.js';
import { standards } from './standards/index.js';
import { stateOf, type ControlState } from './standards/status.js';
import type { Control, Standard, Subject } from './standards/types.js';
import { imageBuild, runningStages } from './workload/dockerfile.js';

/** The tree as it is, and as it is after each phase. */
export const MOMENTS = ['before', 1, 2, 3] as const;
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

/**
 * Decides the controls of all standards on a tree as it is and as harden leaves it after each phase: each phase's files are
 * planned, and the tree is read anew with them in place of the originals. Nothing is written.
 */
export function assess(options: Omit<HardenOptions, 'phase'>): readonly AssessedStandard[] {
  const subjects = Object.fromEntries(
    MOMENTS.map((moment) => [moment, subjectsAt(moment, options)]),
  ) as unknown as Record<Moment, readonly Subject[]>;
  return standards.map((standard) => ({
    standard,
    controls: standard.controls.map((control) => ({
      control,
      states: Object.fromEntries(
        MOMENTS.map((moment) => [moment, stateOf(control, subjects[moment])]),
      ) as unknown as AssessedControl['states'],
    })),
  }));
}

function subjectsAt(moment: Moment, options: Omit<HardenOptions, 'phase'>): readonly Subject[] {
  const run = moment === 'before' ? prepare({ ...options, phase: 3 }) : hardened(moment, options);
  return run.files.flatMap((file) => subjectsIn(run, file));
}

/** A run over the tree as a phase leaves it. */
function hardened(phase: Phase, options: Omit<HardenOptions, 'phase'>): Run {
  const before = prepare({ ...options, phase });
  const after = createRunBelow(realpathSync(options.root), before.workspace.files, { ...options, phase: 3 });
  for (const file of before.files) {
    const outcome = before.plan(file);
    if (outcome.kind === 'planned' && outcome.plan.result !== outcome.plan.original.text)
      after.replaced(file.path, outcome.plan.result);
  }
  return after;
}

/** What of a file the controls are about: its containers or its images. */
function subjectsIn(run: Run, file: SourceFile): readonly Subject[] {
  const { workspace, projects } = run;
  const outcome = run.plan(file);
  if (outcome.kind !== 'planned') return [];
  const { entries } = outcome.plan;
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
        const found = findingsOf(entries, ([section, service]) => section === 'services' && service === name);
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
