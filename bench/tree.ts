import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SourceFile } from '../src/io/discover.js';
import { createRandom, type Random } from './random.js';
import { composeSample } from './samples/compose.js';
import { dockerfileSample } from './samples/dockerfile.js';
import { unitSample } from './samples/unit.js';

/** A generated tree in a temporary folder. */
export interface Tree {
  readonly folder: string;
  /** The files that harden reads. */
  readonly files: readonly SourceFile[];
  remove(): void;
}

const SERVICES_PER_TEAM = 12;
const SEED = 20_240_601;

const GITIGNORE = '# what builds leave behind\nnode_modules/\ndist/\n*.log\n/tmp\n!important.log\n';
const ENTRYPOINT = '#!/bin/sh\nset -e\nmkdir -p "$DATA_DIR"\nexec "$@"\n';

/**
 * Writes a tree of `count` files: a folder for each service, with its Dockerfile, Compose file and unit. The same
 * count gives the same bytes. A quarter of the files, spread over the tree, is hardened already.
 */
export function createTree(count: number): Tree {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'harden-bench-')));
  const random = createRandom(SEED);
  const files: SourceFile[] = [];
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('.gitignore', GITIGNORE);
  for (let at = 0; files.length < count; at += 1) {
    for (const [file, text] of service(random, at).slice(0, count - files.length)) {
      files.push(file);
      write(file.path, text);
    }
    writeAccessories(write, at);
  }
  return { folder, files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function folderOf(at: number): string {
  return `teams/team-${Math.floor(at / SERVICES_PER_TEAM)}/service-${at}`;
}

/** The three files of a service; of each format another quarter of the services is hardened. */
function service(random: Random, at: number): readonly (readonly [SourceFile, string])[] {
  const folder = folderOf(at);
  const name = `service-${at}`;
  const unitFolder = random.chance(0.5) ? `${folder}/deploy` : folder;
  return [
    [{ path: `${folder}/Dockerfile`, format: 'dockerfile' }, dockerfileSample(random, name, at % 4 === 0)],
    [{ path: `${folder}/docker-compose.yml`, format: 'compose' }, composeSample(random, name, at % 4 === 1)],
    [{ path: `${unitFolder}/${name}.service`, format: 'systemd' }, unitSample(random, name, at % 4 === 2)],
  ];
}

/** What stands beside them: files that the transforms look at, and one that `.gitignore` leaves out. */
function writeAccessories(write: (path: string, text: string) => void, at: number): void {
  const folder = folderOf(at);
  write(`${folder}/package.json`, `{ "name": "service-${at}", "type": "module" }\n`);
  write(`${folder}/entrypoint.sh`, ENTRYPOINT);
  write(`${folder}/src/index.js`, "import './server.js';\n");
  if (at % 3 === 0) write(`${folder}/.env`, `DB_PASSWORD=changeit\nAPP_PORT=${3000 + (at % 1000)}\n`);
  if (at % SERVICES_PER_TEAM === 0) write(`${folder}/dist/Dockerfile`, 'FROM scratch\n');
}
