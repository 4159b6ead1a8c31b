import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from './engine.js';
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
  for (const server of inOrder(readdirSync(SERVERS).sort().map(readServer))) {
    const bases = await Promise.all(server.bases.map((base) => recipeIn(engine, base)));
    const recipe = recipeOf(filesBelow(server.folder), bases.join('\n'));
    if (!(await isMissing(engine, server.tags, recipe))) continue;
    await engine.must([
      ...['build', '--quiet', '--network', 'host', '--label', labelled(recipe)],
      ...server.tags.flatMap((tag) => ['--tag', tag]),
      server.folder,
    ]);
    made += 1;
  }
  return made;
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

/** Each after those whose tags it names. */
function inOrder(servers: readonly Server[]): readonly Server[] {
  const ordered = new Set<Server>();
  const place = (server: Server): void => {
    for (const other of servers) {
      if (other !== server && other.tags.some((tag) => server.bases.includes(tag))) place(other);
    }
    ordered.add(server);
  };
  servers.forEach(place);
  return [...ordered];
}
