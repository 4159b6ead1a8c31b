import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { prepare, type Run, type RunOptions } from '../harden.js';
import { readConfig } from '../io/config.js';
import { systemReason } from '../io/files.js';
import { LOCK_NAME, readLock } from '../io/lock.js';
import type { Resolver } from '../io/registry.js';
import { problemOf } from '../render/problems.js';
import { builtIn } from '../registry.js';
import type { Resolution } from '../workload/context.js';
import { createTeller } from './planned.js';
import { registryWith, runOptions } from './settings.js';
import type { Plan, PlanFailure, PlannedFile, PlanRequest, PlanResult } from './types.js';

/** What a plan was made of: it is what `apply` goes on from. */
export interface PlanSource {
  readonly run: Run;
  readonly options: RunOptions;
}

/** Kept beside the plans, so that these are plain data. */
const sources = new WeakMap<Plan, PlanSource>();

export function sourceOf(plan: Plan): PlanSource | undefined {
  return sources.get(plan);
}

/**
 * Plans the hardening of a tree, and writes nothing. A file that can't be read or parsed is among `failures`, and the others
 * go on; where nothing can be planned (a broken config, an unknown transform), `ok` is false and `reasons` say why.
 */
export async function plan(request: PlanRequest): Promise<PlanResult> {
  const fail = (...reasons: readonly string[]): PlanResult => ({ ok: false, reasons });
  let root: string;
  try {
    root = realpathSync(request.root);
  } catch (error) {
    return fail(`${request.root} ${systemReason(error)}`);
  }
  const { config: asked = 'find', paths = ['.'] } = request;
  const file = asked === false || asked === 'find' ? undefined : resolve(asked);
  const read =
    asked === false
      ? { ok: true as const, config: undefined, registry: builtIn }
      : await readConfig(root, { file });
  if (!read.ok) return fail(...read.reasons);
  const registry = registryWith(read.registry, request.plugins);
  if (!registry.ok) return registry;
  const made = runOptions(request, request.formats, read.config, registry.value);
  if (!made.ok) return made;
  const outside = paths.find((path) => leadsOut(root, path));
  if (outside !== undefined) return fail(`${outside} is not below ${root}`);
  const pins = request.pinDigests ?? read.config?.pinDigests ?? false;
  const digests = pins ? new Map<string, Resolution>() : undefined;
  const options = { ...made.value, digests };
  const run = prepare({ root, paths, ...options });
  const problem = digests === undefined ? undefined : await fillFromLock(digests, run, root);
  return problem === undefined ? planned(root, run, options) : fail(problem);
}

function leadsOut(root: string, path: string): boolean {
  const place = relative(root, resolve(root, path));
  return isAbsolute(place) || /^\.\.(?:[/\\]|$)/.test(place);
}

/** What the lock has; an image that it lacks is left as it is, with the reason. */
async function fillFromLock(
  digests: Map<string, Resolution>,
  run: Run,
  root: string,
): Promise<string | undefined> {
  const lock = readLock(root);
  if (!lock.ok) return `${LOCK_NAME} ${lock.reason}`;
  const { imageReferences, resolveDigests } = await import('../pins.js');
  const nobody: Resolver = () => Promise.resolve({ ok: false, reason: `${LOCK_NAME} does not have it` });
  const found = await resolveDigests(imageReferences(run), lock.images, nobody);
  for (const [reference, resolution] of found) digests.set(reference, resolution);
  return undefined;
}

function planned(root: string, run: Run, options: RunOptions): Plan {
  const tell = createTeller(run, options);
  const files: PlannedFile[] = [];
  const failures: PlanFailure[] = [];
  for (const outcome of run.outcomes()) {
    if (outcome.kind === 'planned') files.push(tell(outcome));
    else if (outcome.kind === 'failed') failures.push(problemOf(outcome));
  }
  const { policies: transforms } = run.registry;
  const plan: Plan = { ok: true, root, phase: options.phase, files, failures, transforms };
  sources.set(plan, { run, options });
  return plan;
}
