import { because, citations, likely, unknown, type Need } from '../../model.js';
import { listensElsewhere } from '../listening.js';
import type { Mount } from '../mounts.js';
import type { Origin } from '../origin.js';
import type { ServiceView } from '../project.js';

/** A check that runs in the container, in Compose's terms. */
export interface HealthProbe {
  readonly test: readonly string[];
  readonly startPeriod: string;
}

/** Covers a server that answers at once on a host that is busy starting everything else. */
const START_PERIOD = '30s';

/**
 * The check that the catalogue knows for the image; undefined where it brings its own or none is known. It asks
 * where the image answers by default, so it is only likely, and unknown where the service may have changed that.
 */
export function healthProbeNeed(
  view: ServiceView,
  origin: Origin,
  mounts: readonly Mount[],
): Need<HealthProbe> | undefined {
  if (origin.kind !== 'server') return undefined;
  const { healthcheck, ports } = origin.facts;
  if (healthcheck?.test === undefined || healthcheck.brings === true) return undefined;
  const { test, startPeriod = START_PERIOD, cites } = healthcheck;
  const text = test.join(' ');
  const elsewhere = listensElsewhere(view, mounts, {
    ports: ports?.listens ?? [],
    connects: /: < \/dev\/tcp\/|\bnc -z /.test(text),
    follows: (variable) => text.includes(variable),
  });
  const probe = { test, startPeriod };
  const evidence = [...origin.evidence, ...citations(cites)];
  if (elsewhere === undefined) return likely(probe, ...evidence);
  return because(unknown(probe, ...origin.evidence, ...elsewhere.evidence), elsewhere.reason);
}
