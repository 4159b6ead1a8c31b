import { containerProfileNeeds } from '../../src/apparmor/container.js';
import { apparmorProfile } from '../../src/apparmor/profile.js';
import { citeSource } from '../../src/core/evidence.js';
import type { TextOption } from '../../src/core/options.js';
import { addedCapabilities } from '../../src/workload/compose/needs/capabilities.js';
import { strings } from '../../src/workload/compose/plain.js';
import { citeField, type ServiceView } from '../../src/workload/compose/project.js';
import { accepted, addToList, forEachWholeService, manual, proposal } from './service.js';

/** Nothing in a repository shows it. */
const PROFILES: TextOption = {
  name: 'profiles',
  description: 'whether the hosts have loaded the profiles: absent or loaded',
  default: 'absent',
  pattern: 'absent|loaded',
};

const APPARMOR = 'https://docs.docker.com/engine/security/apparmor/';

/** The profile itself is written beside the Compose file: src/apparmor-profiles.ts. */
export const useApparmorProfile = forEachWholeService(
  {
    id: 'compose/use-apparmor-profile',
    title: 'Confine the service by an AppArmor profile of its own',
    description:
      "Under the engine's default profile a container writes every file that it sees, starts every program and opens every kind of socket. Where `harden learn` has recorded the service as a whole, a profile of its own names what it writes, the programs that it starts, its capabilities and its sockets, and denies what the default profile denies. An engine refuses to start a container whose profile its host has not loaded, so nothing is changed unless `profiles: loaded` says that the hosts load them: then the profile is written beside the Compose file, in `apparmor.d/`, in complain mode. The deployment guide has the commands that load it, watch it and enforce it.",
    severity: 'medium',
    phase: 3,
    mayBreak:
      'On a host with AppArmor that has not loaded the profile the container does not start. In complain mode what traces processes fails, and what other services signal; once it is enforced, all that was not exercised while it was recorded.',
    // A service that was privileged or unconfined no longer is; it keeps the capabilities that are left.
    follows: true,
    touches: ['services.*.security_opt'],
    controls: ['CIS-Docker-5.2'],
    options: [PROFILES],
    references: [
      APPARMOR,
      'https://docs.docker.com/reference/compose-file/services/#security_opt',
      'https://manpages.debian.org/bookworm/apparmor/apparmor.d.5.en.html',
    ],
  },
  (declared, _context, option) => {
    const { workload } = declared;
    const { recorded, view } = workload;
    if (recorded?.whole !== true) return undefined;
    const options = view.fields('security_opt').flatMap(({ value }) => strings(value));
    // What a person has chosen stays; compose/remove-unconfined judges `unconfined`, compose/remove-privileged the other.
    if (options.some((text) => /^apparmor[:=]/.test(text)) || workload.privileged !== undefined)
      return undefined;
    const message = "the engine's docker-default profile is all of AppArmor that confines it";
    if (workload.swarm) {
      const reason = 'docker stack deploy ignores security_opt';
      return accepted(declared, { message, evidence: [], reason });
    }
    const leave = (reason: string) => manual(declared, { message, evidence: [recorded.evidence], reason });
    if (addedCapabilities(view).includes('ALL'))
      return leave('cap_add gives it ALL capabilities: name those it needs');
    const sharing = sharedProcesses(view);
    if (sharing !== undefined) return manual(declared, { message, ...sharing });
    const heir = view.project.services().find(({ extendsService }) => extendsService === view.name);
    if (heir !== undefined) return leave(`${heir.name} extends it, and would have its profile too`);
    const needs = containerProfileNeeds(workload, recorded, 'complain');
    const made = apparmorProfile(needs);
    if (!made.ok) return leave(`no profile is made: ${made.reason}`);
    const profiles = option(PROFILES);
    const source = citeSource(APPARMOR, 'Docker expects to find an AppArmor policy loaded and enforced');
    const evidence = [recorded.evidence, ...profiles.evidence, source];
    if (profiles.value !== 'loaded') {
      const reason = 'an engine refuses to start a container whose profile its host has not loaded';
      const suggestion =
        'harden.config.yml: transforms: {compose/use-apparmor-profile: {profiles: loaded}}, where its hosts load them';
      return manual(declared, { message, evidence, reason, suggestion });
    }
    const change = `apparmor=${needs.name}`;
    return proposal(
      declared,
      'likely',
      { message, evidence, change, unknownReason: 'what it does is not known' },
      () => addToList(declared, 'security_opt', [change]),
    );
  },
);

/**
 * Processes of two profiles may neither signal nor trace each other: apparmor.d(5), "Signal rules". Under docker-default
 * all containers have one.
 */
function sharedProcesses(view: ServiceView) {
  const own = view.last('pid');
  if (own !== undefined) return { reason: 'it shares the processes of others', evidence: [citeField(own)] };
  for (const other of view.project.services()) {
    const field = other.last('pid');
    if (field?.value === `service:${view.name}`)
      return { reason: `${other.name} shares its processes`, evidence: [citeField(field)] };
  }
  return undefined;
}
