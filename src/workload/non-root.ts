import { cite } from '../core/evidence.js';
import type { Evidence } from '../core/types.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import type { DockerfileContext, ServiceUse } from './context.js';
import { usesOfStage, type ImageBuild } from './dockerfile.js';
import { isRoot } from './model.js';
import { chooseUser, type NonRootUser } from './image-users.js';
import { programName, startsBareShell } from './startup.js';
import { statePaths } from './state-paths.js';

/** Why a stage can't be switched to another user without a person, with what shows it. */
export interface Obstacle {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** Programs that change what only root may change. */
const ROOT_WORK =
  /^(?:apt|apt-get|apk|dpkg|dnf|yum|chown|chgrp|useradd|adduser|usermod|groupadd|addgroup|groupmod|userdel|passwd|chpasswd|mount|umount|modprobe|sysctl|iptables|ip6tables|nft|ip|ifconfig|route|service|systemctl|update-rc\.d|update-ca-certificates|ldconfig|setcap|mknod|chroot|hostname|insmod)$/;

/** Servers and supervisors whose usual configuration starts as root and steps down, or needs root. */
const ROOT_PROGRAMS =
  /^(?:nginx|openresty|httpd|httpd-foreground|apache2|apache2ctl|apachectl|apache2-foreground|supervisord|cron|crond|anacron|sshd|systemd|init|s6-svscan|runsvdir|runit|runsv|my_init|php-fpm[\d.]*|dockerd|containerd|buildkitd|openvpn|wg-quick|tailscaled|dnsmasq|squid|rsyslogd|syslogd|named|postfix|dovecot|vsftpd|smbd|nmbd|rpcbind|mysqld|mysqld_safe|mariadbd|postgres|slapd|haproxy|varnishd|unbound|ntpd|chronyd|dbus-daemon|fail2ban-server|keepalived|tcpdump|strongswan|charon|zerotier-one|nebula)$/;

/** Packages whose programs use the engine's socket or mount file systems. */
const HOST_TOOLS =
  /^(?:docker(?:-ce|-ce-cli|-cli|\.io)?|moby-(?:engine|cli)|podman|s3fs|fuse3?|nfs-common|cifs-utils|sshfs|iptables|wireguard-tools)$/;

/** Builds that leave what runs in the home of the user that builds. */
const ROOT_HOME =
  /\/root(?:\/|\b)|(?:^|[\s="':])~\/|\$\{?HOME\b|\bplaywright\S*\s+install\b|\bpip3?\s+install\b[^&;|]*\s--user\b|\bpipx\s|\bnvm\s+install\b|rustup|\buv\s+(?:sync|venv|python)\b|\bcorepack\s+(?:prepare|install)\b/;

/** Poetry and pipenv create their environments under the home, unless they are told otherwise. */
const VENV_IN_HOME = /\b(?:poetry|pipenv)\s+(?:install|sync)\b(?![^&;|]*--system)/;
const VENV_ELSEWHERE =
  /virtualenvs[._](?:create|in-project|path)|POETRY_VIRTUALENVS|PIPENV_VENV_IN_PROJECT|VIRTUAL_ENV/i;

/** Deletions and build caches: nothing of them runs later. */
const HARMLESS_HOME =
  /\brm\s+-[rf]+[^&;|]*|--mount=\S+|\/root\/\.(?:cache|npm|m2|gradle|cargo|gnupg|config\/pip)\b\S*|\$\{?HOME\}?\/\.(?:cache|npm|gnupg)\b\S*|~\/\.(?:cache|npm|gnupg)\b\S*/g;

function rootHome(document: DockerfileDocument, build: ImageBuild): Obstacle | undefined {
  const python = build.base?.repository === 'python';
  const inProject = build.scope.instructions.some(({ argumentText }) => VENV_ELSEWHERE.test(argumentText));
  for (const instruction of build.scope.instructions) {
    const { keyword, argumentText, heredocs, start } = instruction;
    if (!/^(?:RUN|ENV|CMD|ENTRYPOINT|WORKDIR|COPY|ADD)$/.test(keyword)) continue;
    const bodies = heredocs.map(({ body }) => document.text.slice(body.start, body.end));
    let text = [argumentText, ...bodies].join('\n').replace(HARMLESS_HOME, '');
    // With an interpreter in the image uv installs none under root's home.
    if (python) text = text.replace(/\buv\s+(?:sync|venv)\b/g, '');
    const match = ROOT_HOME.exec(text) ?? (inProject ? null : VENV_IN_HOME.exec(text));
    if (match === null) continue;
    const reason = `${keyword} puts something in root's home (${match[0].trim()}), which no other user can read`;
    return { reason, evidence: [cite(document, start)] };
  }
  return undefined;
}

function startsNeedingRoot(build: ImageBuild): Obstacle | undefined {
  const { startup } = build;
  if (startup.unreadable.length > 0) {
    const reason = `it starts ${startup.unreadable.join(', ')}, which is no shell script of the repository`;
    return { reason, evidence: [] };
  }
  for (const { name, evidence } of startup.programs) {
    const program = name === undefined ? '' : programName(name);
    if (ROOT_PROGRAMS.test(program) || name === '/init') {
      return { reason: `${program} usually starts as root`, evidence: [evidence] };
    }
    if (ROOT_WORK.test(program)) {
      return { reason: `what starts runs ${program}, which needs root`, evidence: [evidence] };
    }
  }
  const docker = build.runCommands.find(
    ({ program = '', args }) =>
      /(?:^|\/)(?:apt|apt-get|apk|dnf|yum|tdnf)$/.test(program) &&
      args.some(({ text }) => HOST_TOOLS.test(text)),
  );
  const engine = build.scope.instructions.some(({ argumentText }) =>
    /download\.docker\.com|docker\.sock/.test(argumentText),
  );
  if (docker !== undefined || engine) {
    return {
      reason: 'it installs tools that talk to Docker or mount file systems, which root owns',
      evidence: [],
    };
  }
  const helper = build.setuidHelpers.value.find((name) => /^(?:sudo|su|doas|fixuid)$/.test(name));
  if (helper !== undefined)
    return { reason: `the image uses ${helper}`, evidence: build.setuidHelpers.evidence };
  return undefined;
}

/** Volumes that the change would not make writable. */
function volumeObstacle(document: DockerfileDocument, build: ImageBuild): Obstacle | undefined {
  const workdir = build.workdir ?? '/';
  const outside = build.scope.volumes.find(
    ({ value }) => value === undefined || !(value === workdir || value.startsWith(`${workdir}/`)),
  );
  if (outside === undefined) return undefined;
  const reason = `the volume ${outside.value ?? outside.instruction.argumentText} belongs to root, in existing containers too`;
  return { reason, evidence: [cite(document, outside.instruction.start)] };
}

function stateObstacle(document: DockerfileDocument, build: ImageBuild): Obstacle | undefined {
  const [first, ...more] = statePaths(document, build);
  if (first === undefined) return undefined;
  const paths = [...new Set([first, ...more].map(({ path }) => path))].slice(0, 3).join(', ');
  const reason = `${paths} may be written by the program, and belongs to root outside its working directory`;
  return { reason, evidence: [first.evidence] };
}

function usesObstacle(uses: readonly ServiceUse[]): Obstacle | undefined {
  const mounts = uses.flatMap(({ service, user, writableMounts }) =>
    user !== undefined && !isRoot(user) ? [] : writableMounts.map((mount) => ({ service, ...mount })),
  );
  if (mounts.length === 0) return undefined;
  const paths = [...new Set(mounts.map(({ path }) => path))].join(', ');
  const reason = `the service ${mounts[0]!.service} mounts ${paths} writable: data there belongs to root, chown it first`;
  return { reason, evidence: mounts.map(({ evidence }) => evidence) };
}

/** The first thing that speaks against another user; undefined when nothing is seen that does. */
function obstacle(
  document: DockerfileDocument,
  build: ImageBuild,
  context: DockerfileContext,
): Obstacle | undefined {
  const { scope, stage, workdir } = build;
  const at = (offset: number): readonly Evidence[] => [cite(document, offset)];
  if (build.user.certainty === 'unknown') {
    return { reason: `which user ${scope.root.image} starts as is not known`, evidence: build.user.evidence };
  }
  if (scope.entrypoint === undefined && scope.command === undefined) {
    return {
      reason: 'the stage has neither CMD nor ENTRYPOINT: nothing says what runs',
      evidence: at(stage.from.start),
    };
  }
  const only = scope.command === undefined || scope.entrypoint === undefined;
  const start = scope.entrypoint ?? scope.command;
  if (only && start !== undefined && startsBareShell(start)) {
    return {
      reason: 'it starts a shell: what runs in it is decided on the command line',
      evidence: at(start.start),
    };
  }
  if (scope.entrypoint?.stage !== stage.index && scope.command?.stage !== stage.index) {
    return { reason: 'CMD and ENTRYPOINT come from another stage', evidence: at(stage.from.start) };
  }
  if (build.facts?.kind === 'server') {
    return {
      reason: `the base is ${build.facts.name}, a server with a start of its own`,
      evidence: at(stage.from.start),
    };
  }
  const child = document.stages.find(({ parent }) => parent === stage);
  if (child !== undefined) {
    return {
      reason: 'another stage builds on this one and would inherit the user',
      evidence: at(child.from.start),
    };
  }
  if (
    !build.scratch &&
    build.family !== 'distroless' &&
    (workdir === undefined || !/^\/[^/]/.test(workdir))
  ) {
    return { reason: 'no WORKDIR says which directory the program works in', evidence: at(stage.from.start) };
  }
  if (/^\/(?:usr|bin|sbin|lib|etc|var|dev|proc|sys|home|opt|run|tmp)$/.test(workdir ?? '')) {
    return {
      reason: `the working directory ${workdir} is the system's`,
      evidence: at(scope.workdir!.instruction.start),
    };
  }
  return (
    startsNeedingRoot(build) ??
    rootHome(document, build) ??
    volumeObstacle(document, build) ??
    stateObstacle(document, build) ??
    usesObstacle(usesOfStage(document, stage, context))
  );
}

/** Why a `USER root` looks like a decision rather than a step of the build. */
function rootOnPurpose(build: ImageBuild, user: NonRootUser): string | undefined {
  const last = build.scope.user?.instruction;
  if (last === undefined) return undefined;
  if (last.argumentText.includes('$')) return 'a variable says which user it runs as, by default root';
  if (user.origin === 'dockerfile') return `the build creates ${user.name} and then says USER root`;
  if (build.owned.length > 0) return 'the build gives files to another user and then says USER root';
  const needed = build.scope.instructions.some(
    ({ index, keyword }) => index > last.index && /^(?:RUN|COPY|ADD)$/.test(keyword),
  );
  return needed ? undefined : 'USER root is the last step before the program starts';
}

export const SERVICES_SET_USERS = 'every Compose service that runs it sets a user';

/** Why a start as root is right. */
function acceptedReason(build: ImageBuild, uses: readonly ServiceUse[]): string | undefined {
  if (build.family === 'windows') return 'a Windows image has other users';
  if (build.stepsDown.length > 0) return 'what starts gives up root by itself';
  const down = build.facts?.user.stepsDownTo;
  if (down !== undefined && build.scope.entrypoint === undefined)
    return `the image's entrypoint steps down to ${down}`;
  const all = uses.length > 0 && uses.every(({ user }) => user !== undefined && !isRoot(user));
  return all ? SERVICES_SET_USERS : undefined;
}

/** What becomes of a stage that starts as root. */
export type UserDecision =
  | { readonly kind: 'user'; readonly user: NonRootUser }
  | { readonly kind: 'accepted'; readonly reason: string }
  | { readonly kind: 'manual'; readonly reason: string; readonly evidence: readonly Evidence[] };

/** Decides which other user a stage that starts as root can start as. */
export function decideUser(
  document: DockerfileDocument,
  build: ImageBuild,
  context: DockerfileContext,
): UserDecision {
  const accepted = acceptedReason(build, usesOfStage(document, build.stage, context));
  if (accepted !== undefined) return { kind: 'accepted', reason: accepted };
  const manual = (reason: string, evidence: readonly Evidence[] = []): UserDecision => ({
    kind: 'manual',
    ...{ reason, evidence },
  });
  const against = obstacle(document, build, context);
  if (against !== undefined) return manual(against.reason, against.evidence);
  const choice = chooseUser(build);
  if (!choice.ok) return manual(choice.reason);
  const deliberate = rootOnPurpose(build, choice.user);
  return deliberate === undefined ? { kind: 'user', user: choice.user } : manual(deliberate);
}
