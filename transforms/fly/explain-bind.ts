import { citeSource } from '../../src/core/evidence.js';
import type { Finding } from '../../src/core/types.js';
import { citePath, entriesAt } from '../../src/formats/toml/document.js';
import { bindAddress } from '../../src/workload/fly/bind.js';
import { flyServices, type FlyService } from '../../src/workload/fly/services.js';
import { startOf } from '../../src/workload/fly/start.js';
import { about, accepted, manual, type FlyTransform } from './service.js';

const LISTENING = 'https://fly.io/docs/networking/app-services/';

export const explainBind: FlyTransform = {
  meta: {
    id: 'fly/explain-bind',
    title: 'Listen where the proxy reaches the process',
    description:
      "Fly's proxy reaches a process at a private address of its Machine, so a program that listens on loopback is unreachable for it, and one that listens on all addresses is no more public than the file's services make it: without one, only the organization's private network reaches it. That the address is a wide one is explained, so that nobody narrows it; a loopback address is reported, for a proxy of its own in the Machine may stand before it.",
    severity: 'low',
    phase: 1,
    mayBreak: 'Nothing: it changes no file.',
    touches: [],
    controls: [],
    references: [LISTENING, 'https://fly.io/docs/networking/private-networking/'],
  },
  run: (document, context) => {
    const services = flyServices(document);
    if (services.length > 0) {
      return services.flatMap((service) => {
        const found = bindAddress(startOf(document, service, context.image));
        if (found === undefined || service.protocol !== 'tcp') return [];
        const { reach, text, evidence, inFile } = found;
        if (reach === 'loopback') {
          const source = citeSource(LISTENING, 'the process should listen on 0.0.0.0:<port>');
          const base = about(document, service.path, `${text}: the proxy can't reach the process`, [
            evidence,
            source,
          ]);
          const reason =
            'loopback is inside the Machine, unless another program there passes the requests on: listen on 0.0.0.0';
          // A program with words of its own for addresses may not know this one.
          const address = /127(?:\.\d+){3}|localhost|\[?::1\]?/i;
          return [manual(base, reason, address.test(text) ? text.replace(address, '0.0.0.0') : undefined)];
        }
        if (!inFile) return [];
        const source = citeSource(
          LISTENING,
          'Fly Proxy reaches services through a private IPv4 address on each VM',
        );
        const base = {
          ...about(document, service.path, `${text}: it listens on all addresses`),
          evidence: [evidence, source],
        };
        return [
          accepted(
            base,
            "Fly's proxy reaches it at the Machine's private address: loopback would cut it off",
          ),
        ];
      });
    }
    const groups = entriesAt(document, ['processes']).map(([name]) => name);
    return privateGroups(groups).flatMap((group): Finding[] => {
      const found = bindAddress(startOf(document, group, undefined));
      if (found?.reach !== 'all' || !found.inFile) return [];
      const { path } = group;
      const source = citeSource(LISTENING, "There's no need to define any service in fly.toml");
      const base = {
        ...about(document, path, `${found.text}: it listens on all addresses`),
        evidence: [citePath(document, path), source],
      };
      return [
        accepted(
          base,
          'without services only the private network reaches it (fly proxy, WireGuard, other apps)',
        ),
      ];
    });
  },
};

/** The process groups of an app without services, as those that nothing but the private network reaches. */
function privateGroups(names: readonly string[]): readonly FlyService[] {
  return names.map((name) => ({
    ...{ path: ['processes', name], kind: 'service', protocol: 'tcp', internalPort: undefined },
    ...{ processes: [name], ports: [], checked: false },
  }));
}
