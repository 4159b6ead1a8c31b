import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from './engine.js';
import { inParallel } from './parallel.js';
import { filesBelow, isMissing, labelled, recipeIn, recipeOf } from './recipes.js';

const SERVERS = fileURLToPath(new URL('servers', import.meta.url));

/** A stand-in for the official image of a server: a folder with its Dockerfile. */
interface Server {
  readonly folder: string;
  /** From the line `# tags: ...` of the Dockerfile's head. */
  readonly tags: readonly string[];
  /** The images that it is built from. */
  readonly bases: readonly string[];
}

/** Makes the images that are missing or were made otherwise, after those that they are built from. */
export async function makeServers(engine: Engine): Promise<number> {
  let made = 0;
  for (const servers of inOrder(readdirSync(SERVERS).sort().map(readServer))) {
    await inParallel(servers, availableParallelism(), async (server) => {
      made += (await makeServer(engine, server)) ? 1 : 0;
    });
  }
  return made;
}

async function makeServer(engine: Engine, { folder, tags, bases }: Server): Promise<boolean> {
  const recipes = await Promise.all(bases.map((base) => recipeIn(engine, base)));
  const recipe = recipeOf(filesBelow(folder), recipes.join('\n'));
  if (!(await isMissing(engine, tags, recipe))) return false;
  await engine.must([
    ...['build', '--quiet', '--network', 'host', '--label', labelled(recipe)],
    ...tags.flatMap((tag) => ['--tag', tag]),
    folder,
  ]);
  return true;
}

function readServer(name: string): Server {
  const folder = join(SERVERS, name);
  const text = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const tags = /^# tags: (.+)$/m.exec(text)?.[1]?.trim().split(/\s+/);
  if (tags === undefined) throw new Error(`servers/${name}/Dockerfile: no line "# tags: ..."`);
  const stages = [...text.matchAll(/^FROM\s+\S+\s+AS\s+(\S+)/gim)].map((match) => match[1]);
  const bases = [...text.matchAll(/^FROM\s+(\S+)/gim)]
    .map((match) => match[1]!)
    .filter((base) => base !== 'scratch' && !stages.includes(base));
  return { folder, tags, bases };
}

/** In groups: those of the first are built from no other, those of the next from none but earlier ones. */
function inOrder(servers: readonly Server[]): readonly (readonly Server[])[] {
  const groups: Server[][] = [];
  for (let left = servers; left.length > 0;) {
    const pending = new Set(left.flatMap(({ tags }) => tags));
    const ready = left.filter(({ bases }) => !bases.some((base) => pending.has(base)));
    if (ready.length === 0) throw new Error('servers are built from one another');
    groups.push([...ready]);
    left = left.filter((server) => !ready.includes(server));
  }
  return groups;
}
