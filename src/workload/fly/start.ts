import { cite } from '../../core/evidence.js';
import type { Evidence, SemanticPath } from '../../core/types.js';
import { citePath, entriesAt, valueAt, type FlyDocument } from '../../formats/toml/document.js';
import { parseShell } from '../../formats/shell.js';
import type { FlyImage } from '../context.js';
import type { StartupProgram } from '../startup.js';
import { textsOf, type FlyService } from './services.js';

/** What starts behind a service. */
export interface FlyStart {
  readonly programs: readonly StartupProgram[];
  /** Where the file itself says so; undefined where the image's own command starts. */
  readonly written: SemanticPath | undefined;
  /** Environment by name: the file's, over the image's. */
  readonly env: ReadonlyMap<string, { readonly value: string; readonly evidence: Evidence }>;
}

/** The command in the file that starts a service's process group, in the order in which flyctl looks. */
function commandAt(document: FlyDocument, { processes }: FlyService): SemanticPath | undefined {
  const exec = ['experimental', 'exec'];
  if (valueAt(document, exec) !== undefined) return exec;
  const groups = processes.length === 0 ? ['app'] : processes;
  const group = groups.find((name) => textsOf(valueAt(document, ['processes', name]))[0] !== undefined);
  if (group !== undefined) return ['processes', group];
  const cmd = ['experimental', 'cmd'];
  return valueAt(document, cmd) === undefined ? undefined : cmd;
}

export function startOf(document: FlyDocument, service: FlyService, image: FlyImage | undefined): FlyStart {
  const env = new Map<string, { value: string; evidence: Evidence }>();
  for (const [name, { value, instruction }] of image?.build.scope.env ?? []) {
    if (value !== undefined) env.set(name, { value, evidence: cite(image!.document, instruction.start) });
  }
  for (const [name, value] of entriesAt(document, ['env'])) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    env.set(name, { value: String(value), evidence: citePath(document, ['env', name]) });
  }
  const written = commandAt(document, service);
  if (written === undefined) return { programs: image?.build.startup.programs ?? [], written, env };
  const value = valueAt(document, written);
  const evidence = citePath(document, written);
  if (Array.isArray(value)) {
    const [name, ...args] = textsOf(value);
    return { programs: name === undefined ? [] : [{ name, args, evidence }], written, env };
  }
  // flyctl splits it as a shell would, and starts no shell.
  const programs = textsOf(value).flatMap((text) =>
    parseShell(text).commands.map(({ program, args }) => ({
      name: program,
      args: args.map((word) => word.value ?? word.text),
      evidence,
    })),
  );
  return { programs, written, env };
}
