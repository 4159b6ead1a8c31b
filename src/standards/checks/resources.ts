import { parseImageReference } from '../../catalogue/catalogue.js';
import { isRecord, strings } from '../../workload/compose/plain.js';
import { citeField } from '../../workload/compose/project.js';
import type { ContainerCheck } from '../types.js';
import { hasHealthCheck } from './images.js';
import { limitOf, settingOf } from './settings.js';
import { namesVersion } from './versions.js';
import { ABSENT, byFindings, met, undecided, unmet } from '../verdict.js';

export const memoryLimited: ContainerCheck = {
  name: 'memory-limit',
  of: 'container',
  transforms: ['compose/limit-memory'],
  decide: ({ workload: { view } }) => {
    const limit = limitOf(view, ['mem_limit'], 'memory');
    return limit === undefined ? unmet('nothing limits its memory') : met('its memory is limited', limit);
  },
};

export const cpuLimited: ContainerCheck = {
  name: 'cpu-limit',
  of: 'container',
  transforms: ['compose/limit-cpus'],
  decide: ({ workload: { view } }) => {
    const limit = limitOf(view, ['cpus', 'cpu_shares', 'cpu_quota', 'cpuset'], 'cpus');
    return limit === undefined
      ? unmet('nothing sets its share of the processors')
      : met('its share of the processors is set', limit);
  },
};

export const pidsLimited: ContainerCheck = {
  name: 'pids-limit',
  of: 'container',
  transforms: ['compose/limit-pids', 'quadlet/limit-pids'],
  decide: ({ workload: { view }, podman }) => {
    const limit = limitOf(view, ['pids_limit'], 'pids');
    if (limit !== undefined) return met('its processes are limited', limit);
    // https://docs.podman.io/en/latest/markdown/podman-run.1.html#pids-limit-limit
    return podman && view.last('pids_limit') === undefined
      ? met("Podman's own limit of 2048 processes holds")
      : unmet('nothing limits the number of its processes');
  },
};

export const rootReadOnly: ContainerCheck = {
  name: 'read-only-root',
  of: 'container',
  transforms: ['compose/read-only-rootfs', 'quadlet/read-only-rootfs'],
  decide: ({ workload: { view } }) => {
    const setting = settingOf(view, 'read_only');
    if (setting?.variable !== undefined)
      return undecided(`whether its root file system is read-only is left to \${${setting.variable}}`);
    return setting?.text === 'true'
      ? met('its root file system is read-only', citeField(setting.field))
      : unmet(
          'its root file system is writable',
          ...(setting === undefined ? [] : [citeField(setting.field)]),
        );
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
    const setting = settingOf(view, 'restart');
    if (setting?.variable !== undefined)
      return undecided(`how often it is restarted is left to \${${setting.variable}}`);
    const policy = setting?.text ?? 'no';
    if (policy === 'no' && lifetime.value === 'job') return ABSENT;
    // The audit of 5.15 takes it for secure, though not for the best to use.
    if (policy === 'no') return met('it has no restart policy, and is never started again by itself');
    const attempts = Number(/^on-failure:(\d+)$/.exec(policy)?.[1] ?? Number.POSITIVE_INFINITY);
    const evidence = setting === undefined ? [] : [citeField(setting.field)];
    return attempts <= MAX_RESTARTS
      ? met(`it is restarted ${attempts} times at most`, ...evidence)
      : unmet(`restart: ${policy}`, ...evidence);
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
    return hasHealthCheck(origin.build)
      ? met('its image has a check')
      : unmet('neither its file nor its image has a check');
  },
};

export const imageVersioned: ContainerCheck = {
  name: 'image-version',
  of: 'container',
  transforms: ['compose/pin-image', 'quadlet/pin-image'],
  decide: ({ found, workload: { origin, view } }) => {
    if (origin.kind === 'built' || view.last('build') !== undefined) return ABSENT;
    const left = byFindings(
      ['compose/pin-image', 'quadlet/pin-image'].flatMap(found),
      'its image names a version',
    );
    const setting = settingOf(view, 'image');
    if (left.kind === 'unmet' || setting === undefined) return left;
    const evidence = citeField(setting.field);
    if (setting.variable !== undefined)
      return undecided(`which version its image has is left to \${${setting.variable}}`);
    const reference = parseImageReference(setting.text);
    return reference === undefined || namesVersion(reference)
      ? met('its image names a version', evidence)
      : unmet(`${reference.tag ?? setting.text} names no version`, evidence);
  },
};
