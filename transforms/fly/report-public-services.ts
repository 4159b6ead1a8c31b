import { citeSource } from '../../src/core/evidence.js';
import type { Finding } from '../../src/core/types.js';
import { citePath, valueAt, type FlyDocument } from '../../src/formats/toml/document.js';
import { folderOf } from '../../src/workload/compose/project.js';
import type { FlyContext } from '../../src/workload/context.js';
import { flyServices, serviceName } from '../../src/workload/fly/services.js';
import { usersOf } from '../../src/workload/fly/users.js';
import { about, accepted, FLY_CONFIG, manual, type FlyTransform } from './service.js';

const SERVICES = 'https://fly.io/docs/networking/app-services/';
const FLYCAST = 'https://fly.io/docs/networking/flycast/';

export const reportPublicServices: FlyTransform = {
  meta: {
    id: 'fly/report-public-services',
    title: 'Keep apps private that only other apps use',
    description:
      'An app with services gets public addresses at its first deployment, whoever needs them. Where the other configurations of the tree name an app only as <app>.internal or <app>.flycast, and none as <app>.fly.dev, only the private network seems to need it: <app>.internal needs no service at all, and Flycast one with a private address. Which addresses there are, and who else calls, stands in no file, so a person decides. An app without services is reachable from the private network only, and is rightly left so.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'Whoever reaches the app from outside of Fly no longer does.',
    touches: [],
    controls: ['NIST-800-190-4.4.2'],
    references: [SERVICES, FLYCAST, `${FLY_CONFIG}#the-services-sections`],
  },
  run: (document, context) => decide(document, context),
};

/** Services may stand in other files that flyctl merges: https://fly.io/docs/machines/guides-examples/multi-container-machines/ */
function hasOtherFiles(document: FlyDocument): boolean {
  return [['machine_config'], ['experimental', 'machine_config'], ['build', 'compose']].some(
    (path) => valueAt(document, path) !== undefined,
  );
}

/** A worker has nothing to reach: its image exposes no port, it has no check, and no variant of it has services. */
function mayServe(document: FlyDocument, { image, others }: FlyContext): boolean {
  if (valueAt(document, ['checks']) !== undefined || (image?.build.ports.length ?? 0) > 0) return true;
  return others.some(
    (other) => folderOf(other.path) === folderOf(document.path) && flyServices(other).length > 0,
  );
}

function decide(document: FlyDocument, context: FlyContext): readonly Finding[] {
  const { app } = document.config;
  if (typeof app !== 'string') return [];
  const [service] = flyServices(document);
  if (service === undefined) {
    if (hasOtherFiles(document) || !mayServe(document, context)) return [];
    const base = about(document, ['app'], 'it has no services');
    const source = citeSource(
      `${FLY_CONFIG}#the-services-sections`,
      'The application cannot be reached from the public internet, nor by a Flycast address',
    );
    const evidence = [...base.evidence, source];
    return [accepted({ ...base, evidence }, 'only the private network reaches it, at its .internal name')];
  }
  const users = usersOf(document, context.others);
  const seen = usersOf(document, [document, ...context.others]);
  const calls = [...users.internal, ...users.flycast];
  if (calls.length === 0 || seen.public.length > 0) return [];
  const message = `${serviceName(service)} is open to the Internet, and other apps use it over the private network`;
  const base = about(document, service.path, message, [...calls, citePath(document, ['app'])]);
  const reason =
    'who calls it from outside stands in no file: fly ips list says whether it has a public address';
  const suggestion =
    users.flycast.length > 0
      ? 'fly ips allocate-v6 --private, then fly ips release <public address>'
      : `take the section out: ${app}.internal needs none`;
  return [manual(base, reason, suggestion)];
}
