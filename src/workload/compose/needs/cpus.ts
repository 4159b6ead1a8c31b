import { citeSource } from '../../../core/evidence.js';
import { because, likely, unknown, type Need } from '../../model.js';
import { isRecord } from '../plain.js';
import { citeWithin, type ServiceView } from '../project.js';
import { settings } from './settings.js';

const GO_SOURCE = citeSource(
  'https://pkg.go.dev/runtime#hdr-Environment_Variables',
  'GOMAXPROCS limits the number of operating system threads that can execute user-level Go code simultaneously',
);
const JAVA_SOURCE = citeSource(
  'https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html',
  '-XX:ActiveProcessorCount overrides the number of CPUs that the VM will use to calculate the size of thread pools',
);

/**
 * How many processors a service can keep busy, from what its own file says. It is never more than a number that the
 * file names, or one: the engine refuses to start a container with more than the host has.
 */
export function cpusNeed(view: ServiceView): Need<number> {
  for (const { variable, text, evidence } of settings(view)) {
    if (variable === 'GOMAXPROCS' && /^[1-9]\d*$/.test(text))
      return likely(Number(text), evidence, GO_SOURCE);
    const java = /-XX:ActiveProcessorCount=([1-9]\d*)(?=$|[\s"'])/.exec(text)?.[1];
    if (java !== undefined) return likely(Number(java), evidence, JAVA_SOURCE);
  }
  const deploy = view.last('deploy');
  const resources = isRecord(deploy?.value) ? deploy.value.resources : undefined;
  const reservations = isRecord(resources) ? resources.reservations : undefined;
  const reserved = isRecord(reservations) ? Number(reservations.cpus ?? undefined) : Number.NaN;
  if (deploy !== undefined && reserved > 0) {
    return likely(Math.max(1, reserved), citeWithin(deploy, 'resources', 'reservations', 'cpus'));
  }
  return because(unknown(0), 'nothing says how much it needs');
}
