import type { ImageFacts } from '../../../catalogue/types.js';
import type { Evidence } from '../../../core/types.js';
import { parseShell } from '../../../formats/shell.js';
import type { ImageBuild } from '../../dockerfile.js';
import { INIT, imageLacksInit } from '../../image-init.js';
import { citations, known, likely, weakest, type Need, type ProcessUser } from '../../model.js';
import { lacksInit, sourceOf } from '../../pid-one.js';
import { programName } from '../../startup.js';
import type { Origin } from '../origin.js';
import { strings } from '../plain.js';
import { citeField, type Field, type ServiceView } from '../project.js';

/**
 * `needed`: PID 1 neither reaps nor passes signals on. `steps-down`: so it is, but it becomes another user: the
 * engine's init stays root and needs CAP_KILL to signal it. `none`: nothing says that an init is missing.
 */
export type InitNeed = 'needed' | 'steps-down' | 'none';

const STEP_DOWN = /(?:^|[\s;&|"'/(])(?:gosu|su-exec|setpriv|runuser|s6-setuidgid|setuidgid|chpst|capsh|su)\s/;
const NONE: Need<InitNeed> = likely('none');

/** Whether PID 1 is a program that isn't made for it; only what a file or the catalogue says counts. */
export function initNeed(view: ServiceView, origin: Origin, user: Need<ProcessUser>): Need<InitNeed> {
  // In another PID namespace it isn't PID 1.
  if (view.last('pid') !== undefined) return NONE;
  const found = pidOne(view, origin);
  if (found.value !== 'needed' || !user.value.root) return found;
  return stepsDown(view, origin) ? { ...found, value: 'steps-down' } : found;
}

function pidOne(view: ServiceView, origin: Origin): Need<InitNeed> {
  const entrypoint = filled(view.last('entrypoint'));
  const command = filled(view.last('command'));
  const written = [entrypoint, command].map((field) => strings(field?.value).join(' ')).join(' ');
  if (INIT.test(written)) return NONE;
  const scripts = origin.kind === 'built' ? origin.build.startup.scripts : [];
  if (entrypoint !== undefined) {
    const words = [...wordsOf(entrypoint), ...wordsOf(command)];
    return initFor(lacksInit(words, scripts, [citeField(entrypoint)]));
  }
  if (origin.kind === 'built') return builtNeed(origin.build, command, origin);
  if (origin.kind === 'server') return serverNeed(origin.facts, origin.evidence);
  if (command === undefined || origin.runtime?.init?.brings !== false) return NONE;
  const cited = [...origin.evidence, citeField(command), ...citations(origin.runtime.init.cites)];
  return initFor(lacksInit(wordsOf(command), [], cited));
}

function initFor(lacking: Need<boolean>): Need<InitNeed> {
  return { ...lacking, value: lacking.value ? 'needed' : 'none' };
}

/** `entrypoint: ''` and null leave the image's own in place. */
function filled(field: Field | undefined): Field | undefined {
  return field === undefined || strings(field.value).every((word) => word === '') ? undefined : field;
}

/** Compose splits a string into words as a shell would, and runs no shell. */
function wordsOf(field: Field | undefined): readonly string[] {
  if (field === undefined) return [];
  if (typeof field.value !== 'string') return strings(field.value);
  const [first] = parseShell(field.value).commands;
  return first?.words.map(({ value, text }) => value ?? text) ?? [];
}

function serverNeed(facts: ImageFacts, evidence: readonly Evidence[]): Need<InitNeed> {
  const [program = ''] = facts.commands;
  const runtime = sourceOf(programName(program));
  if (facts.init?.brings !== false || runtime === undefined) return NONE;
  return known('needed', ...evidence, ...citations(facts.init.cites), runtime);
}

function builtNeed(
  build: ImageBuild,
  command: Field | undefined,
  { certainty, evidence }: Extract<Origin, { kind: 'built' }>,
): Need<InitNeed> {
  const replaced = command === undefined ? undefined : wordsOf(command);
  const at = command === undefined ? [] : [citeField(command)];
  const started = build.startup.programs.slice(0, 1).map((program) => program.evidence);
  const lacking = imageLacksInit(build, replaced, [...evidence, ...at, ...started]);
  return lacking.value ? initFor({ ...lacking, certainty: weakest(lacking.certainty, certainty) }) : NONE;
}

/** kill(2): a process of another user is signalled only with CAP_KILL. */
function stepsDown(view: ServiceView, origin: Origin): boolean {
  const texts = [view.last('entrypoint'), view.last('command')].map((field) =>
    strings(field?.value).join(' '),
  );
  if (texts.some((text) => STEP_DOWN.test(text))) return true;
  if (origin.kind === 'built') {
    return origin.build.stepsDown.length > 0 || origin.build.facts?.user.stepsDownTo !== undefined;
  }
  const facts = origin.kind === 'server' ? origin.facts : origin.runtime;
  return facts?.user.stepsDownTo !== undefined || facts?.capabilities?.asRoot.includes('SETUID') === true;
}
