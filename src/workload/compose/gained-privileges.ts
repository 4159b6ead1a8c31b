import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { variablesOf } from './environment.js';
import { imageFacts } from './origin.js';
import type { Field } from './project.js';
import type { ServiceWorkload } from './service.js';

interface Gain {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/**
 * How the service gains privileges on exec, which no_new_privs would end; undefined where nothing says that it does.
 * @param opensLowPorts whether the engine lets every user listen on low ports in a container's own network.
 */
export function gainedPrivileges(workload: ServiceWorkload, opensLowPorts = true): Gain | undefined {
  const { value: helpers, evidence } = workload.setuidHelpers;
  if (helpers.length > 0) {
    return { reason: `it uses ${helpers.join(', ')}, which this would stop`, evidence };
  }
  const granted = workload.view.fields('environment').flatMap(grantsSudo)[0];
  if (granted !== undefined) return granted;
  const onHost = workload.view.last('network_mode')?.value === 'host';
  if ((opensLowPorts && !onHost) || !opensByFileCapability(workload)) return undefined;
  const where = onHost ? "on the host's network its program" : 'its program';
  const reason = `${where} opens low ports by a file capability, which this would withhold`;
  return { reason, evidence: workload.capabilities.evidence };
}

/** Variables by which images of development environments let their users become root (LinuxServer, Jupyter). */
function grantsSudo(field: Field): readonly Gain[] {
  return variablesOf(field)
    .filter(({ name }) => /^(?:SUDO_(?:ACCESS|PASSWORD(?:_HASH)?)|GRANT_SUDO)$/.test(name))
    .filter(({ value }) => !/^(?:false|no|0|)$/i.test(value ?? 'passed'))
    .map(({ name, offset }) => ({
      reason: `${name} gives its users sudo, which this would stop`,
      evidence: [cite(field.document, offset)],
    }));
}

/**
 * File capabilities are withheld under no_new_privs. In a container's own network Docker opens low ports to every
 * user, so that this one is missed on the host's network alone: https://github.com/moby/moby/pull/41030.
 */
function opensByFileCapability({ user, origin }: ServiceWorkload): boolean {
  if (user.value.root) return false;
  return imageFacts(origin)?.capabilities?.file?.includes('NET_BIND_SERVICE') === true;
}
