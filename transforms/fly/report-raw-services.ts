import { citeSource } from '../../src/core/evidence.js';
import type { Finding } from '../../src/core/types.js';
import { BETWEEN_MACHINES } from '../../src/workload/compose/protocols.js';
import { storeOf } from '../../src/workload/fly/data-stores.js';
import { portText, type FlyPort } from '../../src/workload/fly/services.js';
import { about, accepted, FLY_CONFIG, forEachService, manual, type DeclaredService } from './service.js';

const SERVICES = 'https://fly.io/docs/networking/app-services/';
const HANDLERS = 'https://fly.io/docs/networking/services/#connection-handlers';

/** Protocols whose own port means that they are encrypted from the start. */
const ENCRYPTED = new Set([22, 443, 465, 636, 853, 993, 995, 2222, 5349, 6514, 6697, 8883]);

export const reportRawServices = forEachService(
  {
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
  (declared): readonly Finding[] => {
    const { document, context, service } = declared;
    const store = storeOf(document, service, context);
    if (store !== undefined && service.ports.length > 0) {
      const ports = service.ports.map(portText).join(', ');
      const message = `${store.name} is published on port ${ports}`;
      const source = citeSource(SERVICES, 'that service is exposed to the whole internet');
      return [
        manual(
          about(document, service.path, message, [...store.evidence, source]),
          'other apps reach it over the private network, and whether the Internet shall is for you to say',
          `remove the section and use <app>.internal:${service.internalPort ?? ports}, or fly ips release <public address> and fly ips allocate-v6 --private`,
        ),
      ];
    }
    if (service.protocol !== 'tcp') return [];
    return service.ports.flatMap((port) => rawPort(declared, port) ?? []);
  },
);

function rawPort({ document, service }: DeclaredService, port: FlyPort): Finding | undefined {
  if (port.handlers.some((handler) => handler !== 'proxy_proto')) return undefined;
  const spoken = [port.from, service.internalPort].flatMap((number) => {
    if (number === undefined || port.from !== port.to) return [];
    const name = number === 443 ? 'HTTPS' : BETWEEN_MACHINES.get(number);
    return name === undefined ? [] : [{ number, name }];
  })[0];
  const path = port.path ?? service.path;
  const base = about(document, path, `port ${portText(port)} passes TCP as it is`);
  if (spoken !== undefined && ENCRYPTED.has(spoken.number)) {
    return accepted(base, `${spoken.name} on port ${spoken.number} brings its own encryption`);
  }
  const source = citeSource(HANDLERS, "If you don't specify handlers, we just forward TCP to your app as-is");
  const name = spoken === undefined ? 'it carries' : `${spoken.name} carries`;
  return manual(
    { ...base, evidence: [...base.evidence, source] },
    `what ${name} crosses the Internet in the clear unless the program and its clients encrypt`,
    `handlers = [${['tls', ...port.handlers].map((handler) => JSON.stringify(handler)).join(', ')}], where the clients speak TLS`,
  );
}
