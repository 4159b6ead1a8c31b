import { citeSource } from '../../src/core/evidence.js';
import { combine, refused, type Edits } from '../../src/core/text.js';
import type { Evidence, Finding } from '../../src/core/types.js';
import { enumeration } from '../../src/core/words.js';
import type { ComposeDocument, ComposeService } from '../../src/formats/compose/document.js';
import { addKey } from '../../src/formats/compose/edit.js';
import { addListFrom, addToSection } from '../../src/formats/compose/section.js';
import { sharedStores, type SharedStore } from '../../src/workload/compose/isolation.js';
import { freeNetworkName } from '../../src/workload/compose/networks.js';
import { citations } from '../../src/workload/model.js';
import type { ComposeTransform } from './service.js';

const INTERNAL = 'https://docs.docker.com/reference/compose-file/networks/#internal';

export const isolateDataStores: ComposeTransform = {
  meta: {
    id: 'compose/isolate-data-stores',
    title: 'Give data stores a network of their own, without the internet',
    description:
      'On the default network every service reaches the database, and the database reaches the internet: whoever breaks into either is a step from the other, or can send the data away. A store that publishes nothing and needs nothing from outside moves to an internal network, which the services that use it join. Its users are those that name it: in depends_on, links, environment, commands, labels, environment files and mounted files. Where one may use it unseen, nothing is changed.',
    severity: 'medium',
    phase: 2,
    mayBreak:
      'A service that uses the store without naming it no longer finds it, nor do other projects that join the default network; the store itself reaches nothing outside.',
    touches: ['services.*.networks', 'networks'],
    controls: ['NIST-800-190-4.3.3', 'NIST-800-190-4.4.2'],
    references: [
      INTERNAL,
      'https://docs.docker.com/reference/compose-file/services/#networks',
      'https://docs.docker.com/compose/how-tos/networking/',
    ],
  },
  run: (document, context) => {
    const workloads = document.services.flatMap(({ name }) => context.workload(name) ?? []);
    const stores = sharedStores(workloads).filter(({ workload }) => workload.view.declaredIn === document);
    const movable = stores.filter(({ obstacle }) => obstacle === undefined);
    const change = movable.length === 0 ? undefined : isolate(document, movable);
    return [
      ...(change === undefined ? [] : change),
      ...stores
        .filter(({ obstacle }) => obstacle !== undefined)
        .flatMap((store) => left(document, store, store.obstacle!)),
    ];
  },
};

/** One change for all of them: a service that uses several joins one network. */
function isolate(document: ComposeDocument, stores: readonly SharedStore[]): readonly Finding[] {
  const names = stores.map(({ workload }) => workload.name);
  const project = stores[0]!.workload.view.project;
  const network = freeNetworkName(project, 'data', ...names.map((name) => `${name}-data`));
  const users = [...new Set(stores.flatMap((store) => [...store.users.keys()]))].filter(
    (name) => !names.includes(name),
  );
  const edit = network === undefined ? refused('the names for its network are taken') : make();
  if (!edit.ok) return stores.flatMap((store) => left(document, store, edit.reason));
  return [
    {
      subject: [],
      range: document.services.find(({ name }) => name === names[0])!.keyRange,
      message: `${enumeration(names)} ${names.length > 1 ? 'share' : 'shares'} a network with every service, and with the internet`,
      evidence: [
        ...distinct(stores.flatMap((store) => [...store.users.values()])),
        ...distinct(stores.flatMap(({ facts }) => citations(facts.egress?.cites ?? []))),
        citeSource(INTERNAL, 'an externally isolated network'),
      ],
      safety: 'unsafe',
      change: `${enumeration(names)} only on the internal network ${network}${users.length === 0 ? '' : `, which ${enumeration(users)} ${users.length > 1 ? 'join' : 'joins'}`}`,
      edits: edit.edits,
    },
  ];

  function make(): Edits {
    const serviceOf = (name: string): ComposeService =>
      document.services.find((service) => service.name === name)!;
    return combine(
      ...names.map((name) => addKey(document, serviceOf(name), 'networks', [network!])),
      // A service with `networks` leaves the default one unless it names it.
      ...users.map((name) => addListFrom(document, serviceOf(name), 'networks', ['default'], [network!])),
      addToSection(document, 'networks', network!, { internal: true }),
    );
  }
}

function left(document: ComposeDocument, store: SharedStore, reason: string): readonly Finding[] {
  const { name } = store.workload;
  const service = document.services.find((candidate) => candidate.name === name);
  if (service === undefined) return [];
  return [
    {
      subject: ['services', name],
      range: service.keyRange,
      message: 'it shares a network with every service, and with the internet',
      evidence: distinct([...store.users.values()]),
      safety: 'manual',
      reason,
      suggestion: `networks: [data] for ${name}, networks: [default, data] for what uses it, and networks.data: {internal: true}`,
    },
  ];
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  const places = evidence.map((item): [string, Evidence] => [
    'source' in item ? item.source + item.text : `${item.file}:${item.line}`,
    item,
  ]);
  return [...new Map(places).values()];
}
