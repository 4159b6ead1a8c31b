import { citeSource } from '../../src/core/evidence.js';
import type { Finding } from '../../src/core/types.js';
import { citePath, type FlyDocument } from '../../src/formats/toml/document.js';
import { BETWEEN_MACHINES } from '../../src/workload/compose/protocols.js';
import { storeOf, type PublishedStore } from '../../src/workload/fly/data-stores.js';
import { flyServices, portText, type FlyPort, type FlyService } from '../../src/workload/fly/services.js';
import { about, accepted, FLY_CONFIG, manual, type FlyTransform } from './service.js';

const SERVICES = 'https://fly.io/docs/networking/app-services/';
const HANDLERS = 'https://fly.io/docs/networking/services/#connection-handlers';

/** Protocols whose own port means that they are encrypted from the start. */
const ENCRYPTED = new Set([22, 443, 465, 636, 853, 993, 995, 2222, 5349, 6514, 6697, 8883]);

/** Ports that are told one by one; a file may have one for each of a hundred tunnels. */
const TOLD = 4;

export const reportRawServices: FlyTransform = {
  meta: {
    id: 'fly/report-raw-services',
    title: 'Publish no data store, and nothing in the clear',
    description:
      "A service's ports are open to the whole Internet once the app has a public address. A data store or a broker has no need of that: the organization's other apps reach it as <app>.internal, and a person by fly proxy. A port without a handler passes TCP as it is: what it carries can be read and changed on the way unless the program itself encrypts, which the tls handler does for it. Which addresses an app has stands in no file (fly ips list), and clients of a bare protocol may not know TLS: so this is reported, not changed. Protocols that bring their own encryption (SSH, HTTPS that the program ends itself, mail over TLS) are left.",
    severity: 'high',
    phase: 2,
    mayBreak:
      'Clients outside of Fly no longer reach what is taken from the Internet; those without TLS fail at a tls handler.',
    touches: [],
    controls: ['NIST-800-190-4.4.2'],
    references: [SERVICES, HANDLERS, `${FLY_CONFIG}#the-services-sections`],
  },
  run: (document, context) => {
    const services = flyServices(document).filter(({ ports }) => ports.length > 0);
    const stores = new Map(
      services.flatMap((service) => {
        const store = storeOf(document, service, context);
        return store === undefined ? [] : [[service, store] as const];
      }),
    );
    const raw = services
      .filter((service) => service.protocol === 'tcp' && !stores.has(service))
      .flatMap((service) => service.ports.filter(isRaw).map((port) => ({ service, port })));
    return [
      ...[...stores].map(([service, store]) => published(document, service, store)),
      ...raw.flatMap(({ service, port }) => encrypted(document, service, port)),
      ...inTheClear(
        document,
        raw.filter(({ service, port }) => !ENCRYPTED.has(spokenOn(service, port) ?? 0)),
      ),
    ];
  },
};

function published(document: FlyDocument, service: FlyService, store: PublishedStore): Finding {
  const ports = service.ports.map(portText).join(', ');
  const message = store.known
    ? `${store.name} is published on port ${ports}`
    : `the port of ${store.name} is published, on port ${ports}`;
  const source = citeSource(SERVICES, 'that service is exposed to the whole internet');
  return manual(
    about(document, service.path, message, [...store.evidence, source]),
    'other apps reach it over the private network, and whether the Internet shall is for you to say',
    `remove the section and use <app>.internal:${service.internalPort ?? ports}, or fly ips release <public address> and fly ips allocate-v6 --private`,
  );
}

/** True for a port that hands TCP over as it comes. */
function isRaw({ handlers }: FlyPort): boolean {
  return handlers.every((handler) => handler === 'proxy_proto');
}

/** The port, outside or inside, by which the protocol is known. */
function spokenOn({ internalPort }: FlyService, { from, to }: FlyPort): number | undefined {
  if (from !== to) return undefined;
  return [from, internalPort].find(
    (port) => port !== undefined && (port === 443 || BETWEEN_MACHINES.has(port)),
  );
}

function protocolName(port: number): string {
  return BETWEEN_MACHINES.get(port) ?? 'HTTPS';
}

function encrypted(document: FlyDocument, service: FlyService, port: FlyPort): readonly Finding[] {
  const spoken = spokenOn(service, port);
  if (spoken === undefined || !ENCRYPTED.has(spoken)) return [];
  const base = about(document, port.path ?? service.path, `port ${portText(port)} passes TCP as it is`);
  return [accepted(base, `${protocolName(spoken)} on port ${spoken} brings its own encryption`)];
}

function inTheClear(
  document: FlyDocument,
  raw: readonly { readonly service: FlyService; readonly port: FlyPort }[],
): readonly Finding[] {
  const [first] = raw;
  if (first === undefined) return [];
  const told = raw.slice(0, TOLD).map(({ service, port }) => {
    const spoken = spokenOn(service, port);
    return spoken === undefined ? portText(port) : `${portText(port)} (${protocolName(spoken)})`;
  });
  const more = raw.length > TOLD ? ` and ${raw.length - TOLD} more` : '';
  const message = `TCP passes as it is on port ${told.join(', ')}${more}`;
  const pathOf = ({ service, port }: typeof first): FlyService['path'] => port.path ?? service.path;
  const lines = raw.slice(1, TOLD).map((each) => citePath(document, pathOf(each)));
  const source = citeSource(HANDLERS, "If you don't specify handlers, we just forward TCP to your app as-is");
  const handlers = ['tls', ...first.port.handlers].map((handler) => JSON.stringify(handler)).join(', ');
  return [
    manual(
      about(document, pathOf(first), message, [...lines, source]),
      'what it carries crosses the Internet in the clear unless the program and its clients encrypt',
      `handlers = [${handlers}], where the clients speak TLS`,
    ),
  ];
}
