import { parseImageReference } from '../../catalogue/catalogue.js';
import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { citePath, valueAt, type FlyDocument } from '../../formats/toml/document.js';
import type { FlyContext } from '../context.js';
import { citations } from '../model.js';
import type { FlyService } from './services.js';

/**
 * Ports on which data stores and brokers listen by default: those of the catalogue's images, with its sources, of SQL Server
 * (https://learn.microsoft.com/sql/database-engine/configure-windows/configure-a-server-to-listen-on-a-specific-tcp-port),
 * PgBouncer (https://www.pgbouncer.org/config.html) and Fly's own Postgres
 * (https://fly.io/docs/networking/services/#postgres-tls-handler).
 */
const PORTS: ReadonlyMap<number, string> = new Map([
  [1433, 'SQL Server'],
  [2379, 'etcd'],
  [3306, 'MySQL'],
  [4222, 'NATS'],
  [5432, 'PostgreSQL'],
  [5433, 'PostgreSQL'],
  [5672, 'AMQP'],
  [5984, 'CouchDB'],
  [6379, 'Redis'],
  [6432, 'PgBouncer'],
  [7687, 'Neo4j'],
  [9042, 'Cassandra'],
  [9092, 'Kafka'],
  [9200, 'Elasticsearch or OpenSearch'],
  [11211, 'memcached'],
  [26257, 'CockroachDB'],
  [27017, 'MongoDB'],
]);

/** A data store or broker behind a service, and how that is known. */
export interface PublishedStore {
  readonly name: string;
  /** By its image; else its port says so. */
  readonly known: boolean;
  readonly evidence: readonly Evidence[];
}

/** What a service publishes, when it is a data store: by its image, or by its port. */
export function storeOf(
  document: FlyDocument,
  { internalPort, ports }: FlyService,
  { image, catalogue }: FlyContext,
): PublishedStore | undefined {
  const path = ['build', 'image'];
  const written = valueAt(document, path);
  const reference = typeof written === 'string' ? parseImageReference(written) : undefined;
  const facts = reference === undefined ? image?.build.facts : catalogue.image(reference);
  const isStore = facts?.role === 'data-store' || facts?.role === 'broker';
  if (facts?.kind === 'server' && isStore && internalPort !== undefined) {
    const listens = facts.ports?.listens ?? [];
    if (listens.includes(internalPort)) {
      const from =
        reference !== undefined || image === undefined
          ? citePath(document, path)
          : cite(image.document, image.build.scope.root.from.start);
      return { name: facts.name, known: true, evidence: [from, ...citations(facts.ports?.cites ?? [])] };
    }
  }
  const spoken = (port: number | undefined): string | undefined =>
    port === undefined ? undefined : PORTS.get(port);
  const outer = ports.map(({ from, to }) => (from === to ? spoken(from) : undefined));
  const name = spoken(internalPort) ?? outer.find((found) => found !== undefined);
  return name === undefined ? undefined : { name, known: false, evidence: [] };
}
