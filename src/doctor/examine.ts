import type { Environment } from '../forge/detect.js';
import { messageOf } from '../core/errors.js';
import { loadCatalogue, loadDaemons } from '../io/catalogue.js';
import { packageVersion } from '../io/package.js';
import type { Checkup } from './finding.js';
import { engineCheckups } from './tools.js';
import { forgeCheckups } from './forges.js';
import { projectCheckups } from './project.js';

export interface ExamineOptions {
  /** Real path of the tree. */
  readonly root: string;
  readonly config: string | false | undefined;
  readonly environment: Environment;
  /** Whether the output is coloured, and how many columns it may have. */
  readonly color: boolean;
  readonly width: number;
  /** Asks Docker Hub for a digest too. */
  readonly network: boolean;
}

const MIN_NODE = 20;

/** Looks at all that harden may use on this machine and in this tree. Nothing is written, and of tokens only their place is told. */
export async function examine(options: ExamineOptions): Promise<readonly Checkup[]> {
  const { root, config, environment, network } = options;
  const found = await Promise.all([
    engineCheckups(),
    forgeCheckups(root, environment),
    projectCheckups(root, config),
    network ? registry() : [],
  ]);
  const [engines, forges, project, registries] = found;
  return [...own(), ...engines, ...registries, ...forges, ...project, terminal(options)];
}

function own(): readonly Checkup[] {
  const node = process.versions.node;
  const version: Checkup = {
    ...{ group: 'harden', name: 'harden', state: 'ok', detail: packageVersion(), purpose: 'this program' },
  };
  const old = Number.parseInt(node, 10) < MIN_NODE;
  return [
    version,
    {
      ...{
        group: 'harden',
        name: 'node',
        state: old ? 'broken' : 'ok',
        detail: node,
        purpose: 'runs harden',
      },
      ...(old ? { advice: `install Node ${MIN_NODE} or newer` } : {}),
    },
    catalogue(),
  ];
}

function catalogue(): Checkup {
  const base = {
    group: 'harden',
    name: 'catalogue',
    purpose: 'what is known of images and daemons',
  } as const;
  try {
    const images = loadCatalogue().images.length;
    const daemons = loadDaemons().daemons.length;
    return { ...base, state: 'ok', detail: `${images} images, ${daemons} daemons` };
  } catch (error) {
    return { ...base, state: 'broken', detail: messageOf(error), advice: 'install harden anew' };
  }
}

async function registry(): Promise<readonly Checkup[]> {
  const { createResolver, remoteImage } = await import('../io/registry.js');
  const { dockerCredentials } = await import('../io/docker-config.js');
  const base = {
    group: 'engines',
    name: 'registry',
    purpose: '--pin-digests asks registries for digests',
  } as const;
  const answer = await createResolver(dockerCredentials())(remoteImage('alpine:3')!);
  return [
    answer.ok
      ? { ...base, state: 'ok', detail: 'docker.io answers' }
      : {
          ...base,
          state: 'broken',
          detail: answer.reason,
          advice: 'look at the network, the proxy and docker login',
        },
  ];
}

function terminal({ color, width }: ExamineOptions): Checkup {
  return {
    ...{ group: 'terminal', name: 'terminal', state: 'ok', purpose: 'the form of the output' },
    detail: `${color ? 'colours' : 'no colours'}, ${width} columns`,
  };
}
