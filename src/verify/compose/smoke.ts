import { join } from 'node:path';
import { call, lastLines } from '../../io/process.js';
import type { ServiceSight, Sight, TrialSettings } from './trial.js';

const SMOKE_PATIENCE = 120_000;

/** The user's own command: it finds the published ports, and Compose finds the project, by the environment. */
export async function smokeTest(
  settings: TrialSettings,
  variant: string,
  project: string,
  services: ReadonlyMap<string, ServiceSight>,
): Promise<Sight['smoke']> {
  const ports = [...services].flatMap(([name, sight]) =>
    sight.ports.map(({ target, published }) => [
      `HARDEN_PORT_${name.toUpperCase().replace(/\W/g, '_')}_${target}`,
      String(published),
    ]),
  );
  const env: Record<string, string> = {
    ...Object.fromEntries(ports),
    HARDEN_VARIANT: variant,
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_FILE: join(settings.scratch, project, 'compose.json'),
  };
  const { code, stdout, stderr } = await call('sh', ['-c', settings.smoke!], {
    cwd: settings.projectFolder,
    env,
    timeout: SMOKE_PATIENCE,
    signal: settings.signal,
  });
  return { ok: code === 0, output: lastLines(stdout + stderr) };
}
