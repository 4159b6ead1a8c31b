import type { ServiceModel } from './model.js';

/** Sockets by which a container commands the engine: everything on the machine. */
const ENGINE_SOCKET = /(?:^|\/)(?:docker|podman|containerd|crio)\.sock$/;

/** How a service reaches out of its container, as a sentence's end; undefined when it stays inside. */
export function hostReach(service: ServiceModel): string | undefined {
  if (service.privileged === true) return 'it is privileged';
  if (service.network_mode === 'host') return "it uses this machine's network";
  if (service.pid === 'host') return "it sees this machine's processes";
  const socket = service.volumes?.find(
    ({ type, source }) => type === 'bind' && ENGINE_SOCKET.test(source ?? ''),
  );
  if (socket !== undefined) return `it commands this machine's engine through ${socket.source ?? ''}`;
  return undefined;
}
