import { cite } from '../core/evidence.js';
import type { Evidence } from '../core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { stageChain } from '../formats/dockerfile/scope.js';
import type { DockerfileContext } from './context.js';
import { imageBuild, type ImageBuild } from './dockerfile.js';
import { programName } from './startup.js';

/**
 * Packages whose programs work by a set-id bit: mail queues, crontabs, browsers' sandboxes, terminals, capture, FUSE.
 * https://www.debian.org/doc/debian-policy/ch-files.html#permissions-and-owners
 */
const SET_ID_PACKAGES =
  /^(?:chromium\S*|google-chrome\S*|microsoft-edge\S*|postfix|exim4?\S*|opensmtpd|sendmail\S*|msmtp\S*|nullmailer|dma|cron|cronie|dcron|fcron|at|screen|fuse3?|sshfs|s3fs|uidmap|shadow-uidmap|podman|buildah|bubblewrap|firejail|apptainer|singularity\S*|iputils\S*|traceroute|mtr\S*|wireshark\S*|tshark|dumpcap|xserver-xorg-legacy|policykit-1|polkit|dbus|nfs-common|cifs-utils|davfs2|libpam\S*|slirp4netns|vmware\S*|xterm|utempter|libutempter0|sudo|doas|su-exec-suid)$/;

/** A search for set-id files, and what takes the bit or the file away. */
const SEARCH = /-perm\s+[-+/]?(?:u[=+]s\S*|0?[246]000)\b/;
const TAKES_AWAY = /\bchmod\b|-delete\b|\brm\b/;

/** The step of an image that takes the set-id bits of all its programs away. */
export function stripsSetId(document: DockerfileDocument, { scope }: ImageBuild): Instruction | undefined {
  return scope.instructions.find(({ keyword, start, end }) => {
    const text = keyword === 'RUN' ? document.text.slice(start, end) : '';
    return SEARCH.test(text) && TAKES_AWAY.test(text);
  });
}

/** Why the set-id bits of a stage have to stay; undefined when nothing is seen that uses one. */
export interface SetIdUse {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

function packageUse(document: DockerfileDocument, build: ImageBuild): SetIdUse | undefined {
  for (const { program = '', words, offset, start } of build.runCommands) {
    if (!/^(?:apt|apt-get|apk|sudo)$/.test(programName(program))) continue;
    const name = words.find(({ text }) => SET_ID_PACKAGES.test(text))?.text;
    if (name === undefined) continue;
    return { reason: `${name} works by a set-id bit`, evidence: [cite(document, offset + start)] };
  }
  return undefined;
}

/** What in a stage, or in one that builds on it, gains privileges by a set-id bit. */
export function setIdUse(
  document: DockerfileDocument,
  stage: Stage,
  context: DockerfileContext,
): SetIdUse | undefined {
  const stages = document.stages.filter((other) => stageChain(other).includes(stage));
  for (const each of stages) {
    const build = imageBuild(document, each, context);
    // setcap sets file capabilities, which chmod leaves.
    const helpers = build.setuidHelpers.value.filter((name) => name !== 'setcap');
    if (helpers.length > 0)
      return { reason: `the image uses ${helpers.join(', ')}`, evidence: build.setuidHelpers.evidence };
    const installed = packageUse(document, build);
    if (installed !== undefined) return installed;
  }
  return undefined;
}
