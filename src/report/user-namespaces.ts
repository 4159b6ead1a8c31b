import { enumeration } from '../core/words.js';
import type { ContainerSubject } from '../standards/types.js';
import type { Survey } from '../survey.js';
import { publishedPorts } from '../workload/compose/ports.js';
import { sensitivity } from '../workload/compose/sensitive.js';
import type { ServiceWorkload } from '../workload/compose/service.js';
import { composeCommand, isProject, variantOf } from './commands.js';
import { isFirst } from './groups.js';
import { blocks, code, fence, list } from './markdown.js';

/** What of a service a user namespace changes, and what it then needs. */
interface Touched {
  readonly by: string;
  readonly touches: (workload: ServiceWorkload) => boolean;
}

function isHosts(key: string): Touched['touches'] {
  return ({ view }) => view.last(key)?.value === 'host';
}

function has(key: string): Touched['touches'] {
  return ({ view }) => view.fields(key).length > 0;
}

/** https://docs.docker.com/engine/security/rootless/troubleshoot/#known-limitations */
const ROOTLESS: readonly Touched[] = [
  {
    by: 'publishes a port below 1024: another port, or `sudo setcap cap_net_bind_service=ep $(which rootlesskit)`',
    touches: ({ view }) =>
      view
        .fields('ports')
        .flatMap((field) => publishedPorts(field, view.project))
        .some(({ published }) => published !== undefined && Number.parseInt(published, 10) < 1024),
  },
  {
    by: '`network_mode: host` is not the network of the host before Docker 29.5: publish its ports instead',
    touches: isHosts('network_mode'),
  },
  {
    by: '`privileged` gives the rights of your user, not those of root on the host',
    touches: ({ privileged }) => privileged !== undefined,
  },
  { by: '`cap_add` holds inside the user namespace alone', touches: has('cap_add') },
  { by: 'a device works where your user may open it', touches: has('devices') },
  {
    by: "the engine's socket is `$XDG_RUNTIME_DIR/docker.sock`",
    touches: ({ view, mounts }) => mounts.some((mount) => sensitivity(view, mount)?.kind === 'socket'),
  },
  {
    by: 'limits of memory, processes and CPUs need cgroup v2 and systemd, those of CPUs `Delegate=` too; else they are ignored',
    touches: (workload) => ['mem_limit', 'pids_limit', 'cpus'].some((key) => has(key)(workload)),
  },
  {
    by: 'a profile of AppArmor is not supported',
    touches: ({ view }) =>
      view
        .fields('security_opt')
        .some(({ value }) => /apparmor[=:](?!unconfined)/.test(JSON.stringify(value))),
  },
  {
    by: 'what a folder of the host holds belongs to root of the container where it is yours, and to nobody where it is not',
    touches: ({ mounts }) => mounts.some(({ kind, readOnly }) => kind === 'bind' && !readOnly),
  },
];

/** True for what the engine starts only in the namespace of the host. */
function needsHostUsers(workload: ServiceWorkload): boolean {
  return workload.privileged !== undefined || isHosts('network_mode')(workload) || isHosts('pid')(workload);
}

/** https://docs.docker.com/engine/security/userns-remap/#user-namespace-known-limitations */
const REMAPPED: readonly Touched[] = [
  {
    by: 'starts only with `userns_mode: host`, and is then not shifted; the files of its image still are',
    touches: needsHostUsers,
  },
  {
    by: 'its folders of the host must belong to the shifted user: 231072 more than the number in the container',
    touches: (workload) =>
      !needsHostUsers(workload) &&
      !isHosts('userns_mode')(workload) &&
      workload.mounts.some(({ kind, readOnly }) => kind === 'bind' && !readOnly),
  },
];

/** How the engine runs without root, or containers with shifted users; undefined without services of Compose. */
export function userNamespaceSection({ containers, files }: Survey): string | undefined {
  const services = containers.filter(({ podman }) => !podman);
  if (services.length === 0) return undefined;
  const projects = files.filter(isProject).map((file) => composeCommand(file, files, variantOf));
  return blocks(
    '### An engine without root',
    'Who breaks out of a container of a rootless engine is your user, not root. As that user, with 65,536 ids in `/etc/subuid` and `/etc/subgid`:',
    fence(
      [
        'sudo apt-get install uidmap dbus-user-session slirp4netns',
        'dockerd-rootless-setuptool.sh install   # Debian: /usr/share/docker.io/contrib',
        'systemctl --user enable --now docker && sudo loginctl enable-linger "$USER"',
        'export DOCKER_HOST=unix://$XDG_RUNTIME_DIR/docker.sock',
        "docker info --format '{{.SecurityOptions}} {{.CgroupDriver}}'   # name=rootless, systemd",
      ].join('\n'),
      'sh',
    ),
    'Images and volumes start empty, in `~/.local/share/docker`. Overlay networks and SCTP ports do not work, and `ping` only within `net.ipv4.ping_group_range`.',
    touched(services, ROOTLESS),
    '<https://docs.docker.com/engine/security/rootless/>',
    '### Shifted users',
    'With `userns-remap` the engine stays root, and root of a container is a user of the host without rights. In `/etc/docker/daemon.json` `{ "userns-remap": "default" }`, then:',
    fence(
      [
        ...projects.map((compose) => `${compose} down`),
        'sudo systemctl restart docker',
        'grep dockremap /etc/subuid /etc/subgid   # dockremap:231072:65536: add it where it is missing',
        "docker info --format '{{.SecurityOptions}}'   # name=userns",
        'docker image ls   # nothing: the data root is /var/lib/docker/231072.231072 now',
        ...projects.map((compose) => `${compose} up --detach --build --wait`),
        `cat /proc/$(docker inspect --format '{{.State.Pid}}' CONTAINER)/uid_map   # 0 231072 65536`,
      ].join('\n'),
      'sh',
    ),
    'Images are pulled and built anew, and volumes are empty: save their data before, and restore it after. Without the setting the old ones are there again.',
    touched(services, REMAPPED),
    '<https://docs.docker.com/engine/security/userns-remap/>',
  );
}

/** The services that each limitation touches. */
function touched(services: readonly ContainerSubject[], limitations: readonly Touched[]): string | undefined {
  const items = limitations.flatMap(({ by, touches }) => {
    const names = services
      .filter(({ workload }) => touches(workload))
      .map(({ name }) => code(name))
      .filter(isFirst);
    return names.length === 0 ? [] : [`${enumeration(names)}: ${by}`];
  });
  return items.length === 0 ? undefined : list(items);
}
