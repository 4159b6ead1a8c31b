import type { Evidence } from '../../core/types.js';
import { addedCapabilities, capabilityName } from '../../workload/compose/needs/capabilities.js';
import { forbidsNewPrivileges, strings } from '../../workload/compose/plain.js';
import { citeField, type ServiceView } from '../../workload/compose/project.js';
import type { ContainerCheck, Verdict } from '../types.js';
import { privilegedBy, settingOf } from './settings.js';
import { met, undecided, unmet } from '../verdict.js';

interface Option {
  readonly text: string;
  readonly evidence: Evidence;
}

function securityOptions(view: ServiceView): readonly Option[] {
  return view
    .fields('security_opt')
    .flatMap((field) => strings(field.value).map((text) => ({ text, evidence: citeField(field) })));
}

export const notPrivileged: ContainerCheck = {
  name: 'not-privileged',
  of: 'container',
  transforms: ['compose/remove-privileged', 'quadlet/report-privileged'],
  decide: ({ workload }) => {
    const evidence = privilegedBy(workload);
    if (evidence !== undefined) return unmet('it is privileged', evidence);
    const variable = settingOf(workload.view, 'privileged')?.variable;
    return variable === undefined
      ? met('nothing makes it privileged')
      : undecided(`whether it is privileged is left to \${${variable}}`);
  },
};

export const capabilitiesDropped: ContainerCheck = {
  name: 'capabilities-dropped',
  of: 'container',
  transforms: [
    'compose/drop-capabilities',
    'compose/remove-privileged',
    'quadlet/drop-capabilities',
    'quadlet/report-privileged',
  ],
  decide: ({ workload }) => {
    const { view } = workload;
    const privileged = privilegedBy(workload);
    if (privileged !== undefined) return unmet('privileged gives it every capability', privileged);
    const all = view
      .fields('cap_drop')
      .find(({ value }) => strings(value).some((word) => capabilityName(word) === 'ALL'));
    if (all === undefined) return unmet('it keeps the capabilities that the engine gives by default');
    const added = addedCapabilities(view);
    if (added.includes('ALL')) return unmet('it is given ALL capabilities', citeField(all));
    const kept = added.length === 0 ? 'it has none' : `it has only ${added.join(', ')}`;
    return met(kept, citeField(all));
  },
};

export const noNewPrivileges: ContainerCheck = {
  name: 'no-new-privileges',
  of: 'container',
  transforms: ['compose/no-new-privileges', 'quadlet/no-new-privileges'],
  decide: ({ workload: { view } }) => {
    const option = securityOptions(view).find(({ text }) => forbidsNewPrivileges(text));
    return option === undefined
      ? unmet('its processes may gain privileges by setuid programs')
      : met('its processes gain no privileges', option.evidence);
  },
};

interface Confinement {
  readonly name: string;
  /** How people call it. */
  readonly title: string;
  /** The option of security_opt that sets it, and the word that turns it off. */
  readonly option: string;
  readonly off: string;
  readonly isOff: string;
  readonly own: string;
  /** The transforms that turn it on, or narrow it. */
  readonly transforms: ContainerCheck['transforms'];
  /** What holds where the option isn't there. */
  readonly byDefault: Verdict;
}

/** A layer of the kernel's that privileged and security_opt turn off. */
function confined({
  name,
  title,
  option,
  off,
  isOff,
  own,
  transforms,
  byDefault,
}: Confinement): ContainerCheck {
  return {
    name,
    of: 'container',
    transforms,
    decide: ({ workload }) => {
      const { view } = workload;
      const privileged = privilegedBy(workload);
      if (privileged !== undefined) return unmet(`privileged turns ${title} off`, privileged);
      const set = securityOptions(view).find(({ text }) => new RegExp(`^${option}[:=]`).test(text));
      if (set === undefined) return byDefault;
      return new RegExp(`[:=]${off}$`).test(set.text) ? unmet(isOff, set.evidence) : met(own, set.evidence);
    },
  };
}

const CONFINING = ['compose/remove-unconfined', 'quadlet/report-unconfined'] as const;

export const seccompInForce = confined({
  name: 'seccomp-profile',
  title: 'seccomp',
  option: 'seccomp',
  off: 'unconfined',
  isOff: 'seccomp is turned off',
  own: 'it has a profile of its own',
  transforms: [...CONFINING, 'compose/use-seccomp-profile'],
  byDefault: met("the engine's default profile holds"),
});

export const appArmorInForce = confined({
  name: 'apparmor-profile',
  title: 'AppArmor',
  option: 'apparmor',
  off: 'unconfined',
  isOff: 'AppArmor is turned off',
  own: 'it names a profile',
  transforms: [...CONFINING, 'compose/use-apparmor-profile'],
  byDefault: undecided('nothing turns it off; whether the host has AppArmor is not known'),
});

export const seLinuxInForce = confined({
  name: 'selinux-label',
  title: 'SELinux',
  option: 'label',
  off: 'disable',
  isOff: 'its SELinux label is turned off',
  own: 'it sets a label',
  transforms: [...CONFINING, 'compose/label-mounts'],
  byDefault: undecided('nothing turns it off; whether the host has SELinux is not known'),
});

export const containerNotRoot: ContainerCheck = {
  name: 'user-of-the-container',
  of: 'container',
  transforms: ['compose/run-as-non-root', 'quadlet/run-as-non-root'],
  decide: ({ workload: { user } }) => {
    const { value, certainty, evidence } = user;
    if (value.root && certainty === 'unknown')
      return undecided('nothing in the repository says which user its image sets');
    return value.root
      ? unmet('it starts as root', ...evidence)
      : met(`it starts as ${value.name}`, ...evidence);
  },
};
