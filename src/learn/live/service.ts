import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeModel, ServiceModel } from '../../verify/compose/model.js';
import { tryProject, type Sight, type TrialSettings } from '../../verify/compose/trial.js';
import { bundleTracer, IN_CONTAINER } from './bundle.js';
import { traceArguments, type Tracer } from './tracer.js';

/** What the engine says of a container: https://docs.docker.com/reference/api/engine/ ContainerInspect. */
export interface Inspected {
  readonly Path: string;
  readonly Args: readonly string[];
  readonly Config: { readonly Healthcheck?: { readonly Test?: readonly string[] } };
}

export type ServiceRecording =
  | { readonly ok: true; readonly files: readonly string[]; readonly sight: Sight }
  | { readonly ok: false; readonly reason: string };

/**
 * Starts a project twice, apart from all others: as it is, to see whether it works here and what its containers start,
 * and with strace before what one of its services starts and before its health check.
 * @returns the files of the recording.
 */
export async function recordService(
  model: ComposeModel,
  name: string,
  tracer: Tracer,
  settings: TrialSettings,
  { full }: { readonly full: boolean },
): Promise<ServiceRecording> {
  const service = model.services[name];
  if (service === undefined) return { ok: false, reason: `the project has no service ${name}` };
  let inspected: Inspected | undefined;
  const before = await tryProject(model, settings, {
    variant: 'original',
    ask: async (idOf) => {
      const id = idOf(name);
      if (id === undefined) return;
      const { stdout } = await settings.engine.call(['inspect', id], { signal: settings.signal });
      inspected = (JSON.parse(stdout) as readonly Inspected[])[0];
    },
  });
  if (before.trouble !== undefined) return { ok: false, reason: before.trouble };
  const left = before.left.get(name);
  if (left !== undefined) return { ok: false, reason: `${left}: --allow-host starts it` };
  if (inspected === undefined) return { ok: false, reason: 'it was not started' };

  const folder = join(settings.scratch, 'learn');
  const output = join(folder, 'out');
  mkdirSync(output, { recursive: true });
  // The container's user writes here, whoever that is.
  chmodSync(output, 0o777);
  const program = await bundleTracer(tracer, join(folder, 'bin'));
  const started = inspected;
  const sight = await tryProject(model, settings, {
    variant: 'recorded',
    alter: (isolated) => {
      const traced = tracedService(isolated.services[name]!, started, program, {
        full,
        binaries: join(folder, 'bin'),
        output,
      });
      return { ...isolated, services: { ...isolated.services, [name]: traced } };
    },
  });
  if (sight.trouble !== undefined) return { ok: false, reason: sight.trouble };
  const files = existsSync(output) ? readdirSync(output).map((file) => join(output, file)) : [];
  return { ok: true, files, sight };
}

interface Places {
  readonly full: boolean;
  readonly binaries: string;
  readonly output: string;
}

/** The service with strace before what its container starts. */
export function tracedService(
  service: ServiceModel,
  { Path, Args, Config }: Inspected,
  program: readonly string[],
  { full, binaries, output }: Places,
): ServiceModel {
  const traced = (file: string): readonly string[] => [
    ...program,
    ...traceArguments({ output: `${IN_CONTAINER.output}/${file}`, full, detached: file === 'main' }),
  ];
  const [kind, ...test] = Config.Healthcheck?.Test ?? [];
  const check = kind === 'CMD' ? test : kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...test] : undefined;
  const bind = (source: string, target: string, readOnly: boolean) => ({
    type: 'bind',
    source,
    target,
    read_only: readOnly,
  });
  return {
    ...service,
    entrypoint: dollars([...traced('main'), Path, ...Args]),
    command: [],
    cap_add: [...new Set([...(service.cap_add ?? []), 'SYS_PTRACE'])],
    volumes: [
      ...(service.volumes ?? []),
      bind(binaries, IN_CONTAINER.program, true),
      bind(output, IN_CONTAINER.output, false),
    ],
    ...(check === undefined
      ? {}
      : {
          healthcheck: {
            ...service.healthcheck,
            test: dollars(['CMD', ...traced('health'), ...check]),
            // It takes its time under strace.
            timeout: '60s',
          },
        }),
  };
}

/** Compose reads `$` once more. */
function dollars(words: readonly string[]): readonly string[] {
  return words.map((word) => word.replaceAll('$', '$$$$'));
}
