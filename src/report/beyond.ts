import type { Format } from '../core/types.js';
import { blocks, list } from './markdown.js';

interface Advice {
  readonly formats: readonly Format[];
  readonly text: string;
}

/** What phase 3 asks for beyond the changes of files: each needs the host, the registry or the running program. */
const ADVICE: readonly Advice[] = [
  {
    formats: ['compose'],
    text: "**seccomp:** phase 3 gives a service a profile of its own where `harden learn` has recorded its system calls or its kind is known; the others keep the engine's default. <https://docs.docker.com/engine/security/seccomp/>",
  },
  {
    formats: ['quadlet'],
    text: "**seccomp:** the engine's default profile stays in force; a stricter one of your own is named by `SeccompProfile=FILE`. <https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html>",
  },
  {
    formats: ['compose', 'quadlet'],
    text: "**AppArmor:** where `docker info --format '{{.SecurityOptions}}'` names it, a profile of its own confines a container further than the engine's: in Compose harden writes one for what `harden learn` has recorded, once the option `profiles: loaded` of compose/use-apparmor-profile says that the hosts load it; in a Quadlet `AppArmor=PROFILE`. <https://docs.docker.com/engine/security/apparmor/>",
  },
  {
    formats: ['compose'],
    text: '**Egress:** phase 3 moves what is known to need nothing outside to an internal network, and puts a proxy before what needs only the hosts that you name: `egress: [api.example.com]` in an override of `harden.config.yml`. Rules in the chain `DOCKER-USER` limit the others. <https://docs.docker.com/engine/network/packet-filtering-firewalls/>',
  },
  {
    formats: ['systemd'],
    text: '**Egress:** `IPAddressDeny=any` with `IPAddressAllow=` limits a unit to the addresses that it needs: phase 3 writes them where they are known, by a recording or by `egress` of an override. <https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html>',
  },
  {
    formats: ['dockerfile'],
    text: '**Image signing:** `harden init --sign github` (or `gitlab`) writes a pipeline that builds, scans and signs the images with cosign, by their digest. On a Compose host `sh deploy/verify-images.sh && docker compose up --detach --no-build` refuses what is not signed. Docker Content Trust (`DOCKER_CONTENT_TRUST`) is retired: <https://www.docker.com/blog/retiring-docker-content-trust/>. <https://docs.sigstore.dev/cosign/verifying/verify/>',
  },
  {
    formats: ['dockerfile', 'compose', 'quadlet'],
    text: '**Pinned images:** `harden --write --pin-digests` pins what is pulled to the digest of its tag.',
  },
];

/** The part of it that concerns the formats that are there. */
export function beyondFiles(formats: ReadonlySet<Format>): string | undefined {
  const items = ADVICE.filter((advice) => advice.formats.some((format) => formats.has(format)));
  return items.length === 0
    ? undefined
    : blocks('What no change of a file does by itself:', list(items.map(({ text }) => text)));
}
