import { citeField } from '../../workload/compose/project.js';
import { strings } from '../../workload/compose/plain.js';
import type { ContainerCheck } from '../types.js';
import { settingOf } from './settings.js';
import { ABSENT, met, undecided, unmet } from '../verdict.js';

const STARTS = /(?:^|[\s/])(?:sshd|dropbear)(?:\s|$)/;
const NAMED = /(?:^|[/-])(?:openssh-server|sshd|dropbear)(?:[:@]|$)/;

/** Their images start one beside the program; see what the catalogue cites. */
const BRINGS_ONE = /^(?:forgejo|gitea|gitlab)$/;

/** Of images that no Dockerfile here describes; the others are checked by their Dockerfiles. */
export const noSshServerRuns: ContainerCheck = {
  name: 'ssh-server-in-the-container',
  of: 'container',
  transforms: [],
  decide: ({ workload: { origin, view } }) => {
    const starts = ['command', 'entrypoint']
      .flatMap((key) => view.fields(key))
      .find(({ value }) => STARTS.test(strings(value).join(' ')));
    if (starts !== undefined) return unmet('it starts an SSH server', citeField(starts));
    if (origin.kind === 'built') return ABSENT;
    const image = settingOf(view, 'image');
    if (image !== undefined && NAMED.test(image.text))
      return unmet('its image is an SSH server', citeField(image.field));
    const known = origin.kind === 'server' ? origin.facts : origin.runtime;
    if (known === undefined) return undecided('what its image starts is not known');
    return BRINGS_ONE.test(known.name)
      ? unmet(`the image of ${known.name} starts an SSH server, for git`, ...origin.evidence)
      : met(`its image is ${known.name}, of which no SSH server is known`, ...origin.evidence);
  },
};
