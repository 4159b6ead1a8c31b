import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { createAcceptances, type Acceptances } from './config/accept.js';
import { createOverrides, type Overrides } from './config/overrides.js';
import type { HardenConfig } from './config/types.js';
import { messageOf } from './core/errors.js';
import { lazy } from './core/lazy.js';
import { createPlanMemo, planDocument, type FilePlan, type PlanEntry, type PlanMemo } from './core/plan.js';
import type {
  Finding,
  Format,
  FormatAdapter,
  Phase,
  SourceDocument,
  Transform,
  TransformMeta,
} from './core/types.js';
import { exposureOfPlan, type ExposureChange } from './exposure/plan.js';
import { composeAdapter } from './formats/compose/parse.js';
import { dockerfileAdapter } from './formats/dockerfile/parse.js';
import { renderAdapter } from './formats/render-yaml/parse.js';
import { quadletAdapter, unitAdapter } from './formats/systemd/parse.js';
import { flyAdapter } from './formats/toml/parse.js';
import { loadCatalogue, loadDaemons } from './io/catalogue.js';
import { discoverAmong, type DiscoveryFailure, type SourceFile } from './io/discover.js';
import { createFileReader, readTextFile } from './io/files.js';
import { createProjects, type Projects } from './io/projects.js';
import { createWorkspace, type Workspace, type WorkspaceOptions } from './io/workspace.js';
import type { Digests, RuntimeBase } from './workload/context.js';
import { DEFAULT_SYSTEMD_VERSION } from './workload/systemd-version.js';
import { builtIn, type Registry } from './registry.js';
import { createReviewer, isNamedByComment } from './suppress/review.js';

export interface RunOptions {
  readonly phase: Phase;
  /** Decides which transforms run, by their ids. */
  readonly enabled?: (id: string) => boolean;
  /** The formats to plan; all by default. Files of the others are still read for what they say of these. */
  readonly formats?: ReadonlySet<Format> | undefined;
  /** The paths of the files to plan, in this order; all by default. The others are still read for what they say of these. */
  readonly selected?: ReadonlySet<string> | undefined;
  /** The digests to pin images to; undefined when they are not to be pinned. May be filled until the first plan. */
  readonly digests?: Digests | undefined;
  /** What a conversion puts the program on; `slim` by default. The others are for phase 3. */
  readonly base?: RuntimeBase | undefined;
  /** The oldest systemd that is to understand what units get. */
  readonly systemdVersion?: number | undefined;
  /** A unit's drop-in that harden wrote before doesn't count: it is written anew. */
  readonly replacesDropIn?: boolean | undefined;
  /** The project's config; undefined where there is none. */
  readonly config?: HardenConfig | undefined;
  /** What a person has decided of a finding in this very run; it may take its edits away, and adds none. */
  readonly review?:
    ((path: string, meta: TransformMeta, finding: Finding, document: SourceDocument) => Finding) | undefined;
  /** The transforms to choose from; harden's own by default, without those of the config's plugins. */
  readonly registry?: Registry | undefined;
}

export interface HardenOptions extends RunOptions {
  /** The tree's root: paths are relative to it, and nothing outside it is read. */
  readonly root: string;
  /** Files and folders, relative to the root. */
  readonly paths: readonly string[];
}

/** It could not be read or parsed. */
export interface FailedOutcome {
  readonly kind: 'failed';
  readonly path: string;
  readonly line: number | undefined;
  readonly reason: string;
}

/** Something to be said of a line of a file. */
export interface Notice {
  readonly line: number;
  readonly reason: string;
}

/** What became of one file. */
export type FileOutcome =
  | {
      readonly kind: 'planned';
      readonly file: SourceFile;
      readonly plan: FilePlan;
      /** Of a unit: what `systemd-analyze security` makes of it. */
      readonly exposure?: ExposureChange | undefined;
      /** Its comments to harden that have no effect, and why. */
      readonly notices: readonly Notice[];
    }
  | FailedOutcome
  /** Not a file for harden after all: a template, a D-Bus service. */
  | { readonly kind: 'foreign'; readonly path: string; readonly reason: string };

/** One run over a tree: plans are made when they are asked for, and none is kept. */
export interface Run {
  readonly workspace: Workspace;
  /** The transforms that it chooses from. */
  readonly registry: Registry;
  readonly projects: Projects;
  /** What the project's config says of files and services. */
  readonly overrides: Overrides;
  /** True where a person has left a transform out for a file as a whole: in the config, or in a comment of the file. */
  leavesOut(path: string, id: string): boolean;
  /** The risks that it accepts, and what of them was met. */
  readonly acceptances: Acceptances;
  /** The files to plan, in order. */
  readonly files: readonly SourceFile[];
  /** Their paths, where the run was not given the whole tree. */
  readonly selected: ReadonlySet<string> | undefined;
  /** The paths that could not be looked at. */
  readonly failures: readonly FailedOutcome[];
  plan(file: SourceFile): FileOutcome;
  /** The plan of another phase than the run's. Of several phases of a file the last one is best asked for first. */
  planAt(phase: Phase, file: SourceFile): FileOutcome;
  /** The entries of the plan, none of which needs to be applied; undefined where there is no plan. */
  entries(file: SourceFile): readonly PlanEntry[] | undefined;
  /** All outcomes, file by file, beginning with the failures. */
  outcomes(): Generator<FileOutcome, void, void>;
  /**
   * Tells of a file that was replaced, or made where there was none: the rest of the run goes on reading what it was
   * planned from.
   */
  replaced(path: string, original: string | undefined): void;
}

/** The same for all runs. */
const catalogue = lazy(loadCatalogue);
const daemons = lazy(loadDaemons);

/** How a file is planned. */
interface Planning {
  readonly phase: Phase;
  readonly findingsOnly?: boolean;
}

/** Prepares a run over a folder: finds the files, and those around them; reads none yet. */
export function prepare(options: HardenOptions): Run {
  const root = realpathSync(options.root);
  const { files, selected, failures } = discoverAmong(root, options.paths);
  return createRunBelow(root, files, { ...options, selected }, failures);
}

/**
 * A run over files that were found below a folder.
 * @param root real path of the folder.
 */
export function createRunBelow(
  root: string,
  files: readonly SourceFile[],
  options: RunOptions,
  failures: readonly DiscoveryFailure[] = [],
): Run {
  const originals = new Map<string, string>();
  const created = new Set<string>();
  const reader = createFileReader(root);
  const tree: Tree = {
    reader: {
      kind: (path) => (created.has(path) ? 'missing' : reader.kind(path)),
      read: (path) => (created.has(path) ? undefined : (originals.get(path) ?? reader.read(path))),
      list: reader.list,
    },
    readFile: (path) => {
      const text = originals.get(path);
      return text === undefined ? readTextFile(resolve(root, path)) : { ok: true, text };
    },
  };
  const workspace = workspaceOf(files, tree);
  const run = createRun(workspace, options, failures);
  return {
    ...run,
    replaced: (path, original) => {
      if (original === undefined) created.add(path);
      else originals.set(path, original);
    },
  };
}

/** How the files of a workspace are read. */
export type Tree = Pick<WorkspaceOptions, 'reader' | 'readFile'>;

/** A tree on disk, as it is. */
export function treeBelow(root: string): Tree {
  return { reader: createFileReader(root), readFile: (path) => readTextFile(resolve(root, path)) };
}

export function workspaceOf(files: readonly SourceFile[], tree: Tree): Workspace {
  return createWorkspace({ files, ...tree, loadCatalogue: catalogue, loadDaemons: daemons });
}

/** A run over a workspace, which need not be on disk. */
export function createRun(
  workspace: Workspace,
  options: RunOptions,
  failures: readonly DiscoveryFailure[] = [],
): Run {
  const { config, registry = builtIn } = options;
  const { transforms: byFormat, ids } = registry;
  const overrides = createOverrides(config);
  const acceptances = createAcceptances(config);
  const projects = createProjects(workspace, {
    overrides,
    digests: options.digests,
    base: options.base ?? 'slim',
    systemdVersion: options.systemdVersion ?? DEFAULT_SYSTEMD_VERSION,
    replacesDropIn: options.replacesDropIn,
  });

  const reviewByConfig = (
    path: string,
    meta: TransformMeta,
    finding: Finding,
    document: SourceDocument,
  ): Finding => acceptances.review(path, meta, overrides.review(path, meta, finding), document);

  const isCommentedOut = (path: string, id: string): boolean => {
    const opened = workspace.open(path, dockerfileAdapter);
    return opened.kind === 'document' && isNamedByComment(opened.document, ids, id);
  };

  let last: { readonly document: SourceDocument; readonly memo: unknown } | undefined;
  /** Of the document that was planned last: its other phases are planned next, if at all. */
  const memoOf = <D extends SourceDocument>(document: D): PlanMemo<D> => {
    if (last?.document !== document) last = { document, memo: createPlanMemo<D>() };
    return last.memo as PlanMemo<D>;
  };

  const planWith = <D extends SourceDocument, C>(
    { phase, findingsOnly }: Planning,
    file: SourceFile,
    adapter: FormatAdapter<D>,
    transforms: readonly Transform<D, C>[],
    contextFor: (document: D) => C,
  ): FileOutcome => {
    const opened = workspace.open(file.path, adapter);
    if (opened.kind !== 'document') return { ...opened, path: file.path };
    const enabled = transforms.filter(({ meta }) => options.enabled?.(meta.id) ?? true);
    const reviewer = createReviewer(
      opened.document,
      ids,
      enabled.map(({ meta }) => meta.id),
    );
    const plan = planDocument(opened.document, {
      adapter,
      transforms: config === undefined ? enabled : enabled.map((transform) => inPhase(transform, config)),
      phase,
      contextFor,
      memo: memoOf(opened.document),
      findingsOnly,
      review: (meta, finding, document) => {
        const reviewed = reviewer.review(meta, reviewByConfig(file.path, meta, finding, document), document);
        return options.review?.(file.path, meta, reviewed, document) ?? reviewed;
      },
      optionsFor: config === undefined ? undefined : (id) => overrides.optionsFor(file.path, id),
    });
    return { kind: 'planned', file, plan, notices: reviewer.notices() };
  };

  const files = selectedOf(workspace.files, options.selected).filter(
    ({ format }) => options.formats?.has(format) !== false,
  );

  const planFile = (planning: Planning, file: SourceFile): FileOutcome => {
    switch (file.format) {
      case 'dockerfile': {
        const context = projects.dockerfileContext(file.path);
        return planWith(planning, file, dockerfileAdapter, byFormat.dockerfile, () => context);
      }
      case 'compose':
        return planWith(planning, file, composeAdapter, byFormat.compose, (document) =>
          projects.composeContext(document),
        );
      case 'systemd': {
        const context = projects.unitContext();
        const outcome = planWith(planning, file, unitAdapter, byFormat.systemd, () => context);
        if (outcome.kind !== 'planned') return outcome;
        const exposure = lazy(() => exposureOfPlan(outcome.plan, context.dropIns(file.path)));
        return {
          ...outcome,
          get exposure() {
            return exposure();
          },
        };
      }
      case 'quadlet':
        return planWith(planning, file, quadletAdapter, byFormat.quadlet, (document) =>
          projects.quadletContext(document),
        );
      case 'fly':
        return planWith(planning, file, flyAdapter, byFormat.fly, (document) =>
          projects.flyContext(document),
        );
      case 'render':
        return planWith(planning, file, renderAdapter, byFormat.render, (document) =>
          projects.renderContext(document),
        );
    }
  };

  /** Whatever goes wrong with one file, the others go on. */
  const planSafely = (planning: Planning, file: SourceFile): FileOutcome => {
    try {
      return planFile(planning, file);
    } catch (error) {
      return {
        kind: 'failed',
        path: file.path,
        line: undefined,
        reason: `a bug in harden: ${messageOf(error)}`,
      };
    }
  };

  const plan = (file: SourceFile): FileOutcome => planSafely({ phase: options.phase }, file);

  const failed = failures.map(({ path, reason }): FailedOutcome => ({
    kind: 'failed',
    path,
    line: undefined,
    reason,
  }));
  return {
    workspace,
    registry,
    projects,
    overrides,
    acceptances,
    leavesOut: (path, id) =>
      overrides.skips(path, id) || acceptances.accepts(path, id) || isCommentedOut(path, id),
    files,
    selected: options.selected,
    plan,
    planAt: (phase, file) => planSafely({ phase }, file),
    entries: (file) => {
      const outcome = planSafely({ phase: options.phase, findingsOnly: true }, file);
      return outcome.kind === 'planned' ? outcome.plan.entries : undefined;
    },
    replaced: () => undefined,
    failures: failed,
    *outcomes() {
      yield* failed;
      for (const file of files) yield plan(file);
    },
  };
}

function selectedOf(
  files: readonly SourceFile[],
  selected: ReadonlySet<string> | undefined,
): readonly SourceFile[] {
  if (selected === undefined) return files;
  const byPath = new Map(files.map((file) => [file.path, file]));
  return [...selected].flatMap((path) => byPath.get(path) ?? []);
}

/** A transform that acts in the phase that the project wants. */
function inPhase<D extends SourceDocument, C>(
  transform: Transform<D, C>,
  { phases }: HardenConfig,
): Transform<D, C> {
  const { meta } = transform;
  const phase = phases[meta.id];
  return phase === undefined ? transform : { ...transform, meta: { ...meta, phase } };
}
