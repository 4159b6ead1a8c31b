import { isLimited } from '../../workload/compose/limits.js';
import { isRecord, strings } from '../../workload/compose/plain.js';
import { citeField } from '../../workload/compose/project.js';
import type { ContainerCheck } from '../types.js';
import { healthCheckOf } from './images.js';
import { ABSENT, byFindings, met, undecided, unmet } from '../verdict.js';

export const memoryLimited: ContainerCheck = {
  name: 'memory-limit',
  of: 'container',
  transforms: ['compose/limit-memory'],
  decide: ({ workload: { view } }) =>
    isLimited(view, { key: 'mem_limit', inDeploy: 'memory' })
      ? met('its memory is limited')
      : unmet('nothing limits its memory'),
};

export const cpuLimited: ContainerCheck = {
  name: 'cpu-limit',
  of: 'container',
  transforms: ['compose/limit-cpus'],
  decide: ({ workload: { view } }) =>
    isLimited(view, { key: 'cpus', inDeploy: 'cpus' }) ||
    ['cpu_shares', 'cpu_quota', 'cpuset'].some((key) => view.last(key) !== undefined)
      ? met('its share of the processors is set')
      : unmet('nothing sets its share of the processors'),
};

export const pidsLimited: ContainerCheck = {
  name: 'pids-limit',
  of: 'container',
  transforms: ['compose/limit-pids', 'quadlet/limit-pids'],
  decide: ({ workload: { view }, podman }) => {
    if (isLimited(view, { key: 'pids_limit', inDeploy: 'pids' })) return met('its processes are limited');
    // https://docs.podman.io/en/latest/markdown/podman-run.1.html#pids-limit-limit
    return podman
      ? met("Podman's own limit of 2048 processes holds")
      : unmet('nothing limits the number of its processes');
  },
};

export const rootReadOnly: ContainerCheck = {
  name: 'read-only-root',
  of: 'container',
  transforms: ['compose/read-only-rootfs', 'quadlet/read-only-rootfs'],
  decide: ({ workload: { view } }) => {
    const field = view.last('read_only');
    return field?.value === 'true'
      ? met('its root file system is read-only', citeField(field))
      : unmet('its root file system is writable');
  },
};

const MAX_RESTARTS = 5;

export const restartsLimited: ContainerCheck = {
  name: 'restart-policy',
  of: 'container',
  transforms: ['compose/limit-restarts'],
  decide: ({ workload: { view, lifetime }, podman }) => {
    // systemd restarts what Quadlet starts.
    if (podman) return ABSENT;
    const deploy = view
      .fields('deploy')
      .find(({ value }) => isRecord(value) && isRecord(value.restart_policy));
    if (deploy !== undefined) return undecided('deploy.restart_policy is for Swarm, which counts otherwise');
    const field = view.last('restart');
    const policy = typeof field?.value === 'string' ? view.project.interpolate(field.value).text : 'no';
    if (policy === 'no' && lifetime.value === 'job') return ABSENT;
    const attempts = Number(/^on-failure:(\d+)$/.exec(policy)?.[1] ?? Number.POSITIVE_INFINITY);
    const evidence = field === undefined ? [] : [citeField(field)];
    return attempts <= MAX_RESTARTS
      ? met(`it is restarted ${attempts} times at most`, ...evidence)
      : unmet(policy === 'no' ? 'it has no restart policy' : `restart: ${policy}`, ...evidence);
  },
};

export const ulimitsOfTheEngine: ContainerCheck = {
  name: 'ulimits',
  of: 'container',
  transforms: [],
  decide: ({ workload: { view } }) => {
    const field = view.last('ulimits');
    return field === undefined
      ? met("the engine's limits hold")
      : undecided('it sets limits of its own: whether it needs them is for a person to say');
  },
};

export const healthChecked: ContainerCheck = {
  name: 'health-check-at-run-time',
  of: 'container',
  transforms: ['compose/add-healthcheck', 'dockerfile/add-healthcheck'],
  decide: ({ workload: { view, origin, lifetime } }) => {
    const field = view.last('healthcheck');
    if (field !== undefined) {
      const test = isRecord(field.value) ? field.value.test : undefined;
      const off = isRecord(field.value) && (field.value.disable === 'true' || strings(test)[0] === 'NONE');
      return off
        ? unmet('its check is turned off', citeField(field))
        : met('it has a check', citeField(field));
    }
    if (lifetime.value === 'job') return ABSENT;
    if (origin.kind === 'server')
      return origin.facts.healthcheck?.brings === true
        ? met('its image brings a check')
        : unmet('nothing checks whether it works');
    if (origin.kind === 'unknown') return undecided('whether its image brings a check is not known');
    return healthCheckOf(origin.build) === undefined
      ? unmet('neither its file nor its Dockerfile has a check')
      : met('its Dockerfile has a check');
  },
};

export const imageVersioned: ContainerCheck = {
  name: 'image-version',
  of: 'container',
  transforms: ['compose/pin-image', 'quadlet/pin-image'],
  decide: ({ found, workload: { origin, view } }) =>
    origin.kind === 'built' || view.last('build') !== undefined
      ? ABSENT
      : byFindings(['compose/pin-image', 'quadlet/pin-image'].flatMap(found), 'its image names a version'),
};
