import type { Undecided } from './types.js';

/** What only the host, the registry or a person knows of images and containers, by what it is about. */

/** Another command follows it. */
function withoutComment({ decide }: Undecided): string {
  return decide.replace(/ #.*$/, '');
}

export const SCAN: Undecided = {
  why: 'a scan needs the built image and the vulnerabilities of the day',
  decide: 'trivy image IMAGE # in CI and on a schedule',
};

export const TRUST: Undecided = {
  why: 'whom you trust is for you to say; the files show only whether an image can be replaced unseen',
  decide: 'docker image ls --digests # and who publishes each of them',
  always: true,
};

export const PACKAGES: Undecided = {
  why: 'which of the packages that are left the program needs is for a person to say',
  decide: 'docker run --rm --entrypoint sh IMAGE -c "dpkg-query -W || apk info || rpm -qa"',
  always: true,
};

export const USER: Undecided = {
  why: 'which user an image sets that no file here describes is not known',
  decide: "docker inspect --format '{{.Config.User}}' CONTAINER # empty: root",
};

export const SET_ID: Undecided = {
  why: 'which set-user-ID programs an image brings that is not known is not known either',
  decide: 'docker run --rm --user 0 --entrypoint find IMAGE / -xdev -perm /6000 -type f',
};

export const UPDATES: Undecided = {
  why: 'what a script or another language does with packages is not read',
  decide: "docker history --no-trunc --format '{{.CreatedBy}}' IMAGE # and the scripts that it names",
};

export const UNCHECKED: Undecided = {
  why: 'whether what a build fetches without a check is a program is for a person to say',
  decide: 'sha256sum FILE # against the sum that its publisher signs',
};

export const SSH: Undecided = {
  why: 'what an image starts that no file here describes is not known',
  decide: "docker top CONTAINER | grep -E 'sshd|dropbear' # nothing: none runs",
};

export const HOST_PATHS: Undecided = {
  why: 'which directory of the host a variable stands for is not in the repository',
  decide: "docker inspect --format '{{range .Mounts}}{{println .Source}}{{end}}' CONTAINER",
};

export const PORTS: Undecided = {
  why: 'what a variable stands for is not in the repository',
  decide: 'docker port CONTAINER',
};

export const RESTARTS: Undecided = {
  why: "deploy.restart_policy is Swarm's, which counts otherwise; what a variable stands for is not in the repository",
  decide:
    "docker inspect --format '{{.HostConfig.RestartPolicy}}' CONTAINER; docker service inspect --format '{{.Spec.TaskTemplate.RestartPolicy}}' SERVICE",
};

export const HEALTH: Undecided = {
  why: 'whether an image brings a check that no file here describes is not known',
  decide: "docker inspect --format '{{.Config.Healthcheck}}' CONTAINER",
};

export const VERSION: Undecided = {
  why: 'which version a variable stands for is not in the repository',
  decide: "docker inspect --format '{{.Config.Image}}' CONTAINER",
};

export const NETWORKS: Undecided = {
  why: 'whether all that share a network with a data store use it is for a person to say',
  decide:
    "docker network inspect --format '{{.Name}}: {{range .Containers}}{{.Name}} {{end}}' $(docker network ls -q)",
};

/** What images are made of that no Dockerfile here describes. */
export const CONTENTS: Undecided = {
  why: 'what an image brings that no file here describes is not known',
  decide: [USER, SET_ID, SSH].map(withoutComment).join('; '),
};

export const EGRESS: Undecided = {
  why: 'what may leave the containers is filtered by the host and the network around it, not by these files',
  decide: 'iptables -S DOCKER-USER; nft list ruleset',
  always: true,
};

/** A setting that a variable gives. */
export function setting(field: string): Undecided {
  return {
    why: 'what a variable stands for is not in the repository',
    decide: `docker inspect --format '{{${field}}}' CONTAINER`,
  };
}

/** Several of them in one control. */
export function anyOf(...parts: readonly Undecided[]): Undecided {
  const distinct = (texts: readonly string[]): string => [...new Set(texts)].join('; ');
  return {
    why: distinct(parts.map(({ why }) => why)),
    decide: distinct(parts.map(withoutComment)),
    always: parts.some(({ always }) => always === true),
  };
}
