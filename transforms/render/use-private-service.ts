import { enumeration } from '../../src/core/words.js';
import { cite } from '../../src/core/evidence.js';
import type { Evidence } from '../../src/core/types.js';
import { referencesTo } from '../../src/workload/render/references.js';
import { citeResource, isStatic, textField, type ResourceView } from '../../src/workload/render/resource.js';
import { accepted, blueprintField, forEachResource, manual } from './resource.js';

/** A name that says that people come there, or everything passes by it. */
const EDGE =
  /(?:^|[-_ ])(?:web|www|front|frontend|ui|site|website|app|client|dashboard|portal|gateway|proxy|ingress)(?:$|[-_ ])/i;

export const usePrivateService = forEachResource(
  {
    id: 'render/use-private-service',
    title: 'Keep services that only others of the Blueprint use off the internet',
    description:
      'A service of type web has a public address under onrender.com, whether anybody out there needs it or not. One that other services of the Blueprint reach over the private network (fromService with host or hostport), that has no domain, whose name is not that of a front, and whose public address nothing of the Blueprint names, is likely meant for them alone: as a private service (pserv) it has no public address. It is reported, not changed: the type of a service cannot be modified after its creation.',
    severity: 'medium',
    phase: 2,
    mayBreak:
      'What calls its address under onrender.com no longer reaches it; a private service has no health check.',
    touches: [],
    controls: ['NIST-800-190-4.4.2'],
    references: [
      blueprintField('type'),
      'https://render.com/docs/private-services',
      'https://render.com/docs/private-network',
    ],
  },
  (view, { resources }) => {
    const { resource, fields } = view;
    if (resource.type !== 'web' || isStatic(view) || fields.domains !== undefined) return undefined;
    const users = referencesTo(view, resources).filter(
      ({ variable: { source } }) =>
        source.kind === 'service' && /^(?:host|port|hostport)$/.test(source.property ?? ''),
    );
    // A static site is not on the private network: what it is told is the public address.
    if (users.length === 0 || users.some(({ user }) => isStatic(user)) || EDGE.test(resource.name)) {
      return undefined;
    }
    const names = enumeration([...new Set(users.map(({ user }) => user.resource.name))]);
    const evidence = [citeResource(view, 'type'), ...users.map((user) => user.evidence)];
    const message = `it has a public address, and ${names} ${names.includes(' and ') ? 'reach' : 'reaches'} it over the private network`;
    const named = publicUse(view, resources);
    if (named !== undefined) {
      return accepted(view, {
        message,
        evidence: [...evidence, named],
        reason: 'its public address is used too',
      });
    }
    const free = textField(view, 'plan') === 'free' ? ', which the free plan does not have' : '';
    return manual(view, {
      message,
      evidence,
      reason: `only you know whether somebody else calls it, and the type of a service cannot be changed: a private service takes its place${free}`,
      suggestion: 'type: pserv, under another name; then point the others to it and delete this one',
    });
  },
);

/** A place of the Blueprint that names its public address. */
function publicUse(view: ResourceView, resources: readonly ResourceView[]): Evidence | undefined {
  const { name } = view.resource;
  const address = `${name}.onrender.com`;
  for (const { document, variables } of resources) {
    const found = variables.find(
      ({ source }) =>
        (source.kind === 'variable' && source.name === name && source.key.startsWith('RENDER_EXTERNAL_')) ||
        (source.kind === 'literal' && source.value.includes(address)),
    );
    if (found !== undefined) return cite(document, found.offset);
  }
  const routed = view.document.text.indexOf(`://${address}`);
  return routed === -1 ? undefined : cite(view.document, routed);
}
