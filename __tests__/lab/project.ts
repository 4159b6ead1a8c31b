import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECTS = fileURLToPath(new URL('projects', import.meta.url));

export interface Request {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A sample project: how it is run, and what it is asked. `project.json` in its folder, which no image gets. */
export interface Project {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly requests: readonly Request[];
  readonly env: Readonly<Record<string, string>>;
  /** Paths besides /tmp that the service may write to, for a container with a read-only root. */
  readonly tmpfs: readonly string[];
  readonly volumes: readonly string[];
  /** What the conversion puts it on, as `--base` takes it. */
  readonly base: string;
}

/** `project.json`; with `bases` the project is tried on each of them too. */
type Settings = Partial<Project> & { readonly bases?: readonly string[] };

export function projectNames(): readonly string[] {
  return readdirSync(PROJECTS).sort();
}

/** The sample projects with these names. */
export function sampleProjects(names: readonly string[]): readonly Project[] {
  return names.flatMap((name) => {
    const folder = join(PROJECTS, name);
    const settings = JSON.parse(readFileSync(join(folder, 'project.json'), 'utf8')) as Settings;
    const { bases = [], port, requests } = settings;
    if (port === undefined || requests === undefined)
      throw new Error(`${name}/project.json: port or requests missing`);
    const project = {
      name,
      folder,
      port,
      requests,
      env: {},
      tmpfs: [],
      volumes: [],
      base: 'slim',
      ...settings,
    };
    return [project, ...bases.map((base) => ({ ...project, name: `${name}-${base}`, base }))];
  });
}
