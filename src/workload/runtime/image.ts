import type { ImageReference } from '../../catalogue/catalogue.js';
import { onBuildpackDeps, type Family } from '../base-images.js';
import type { ImageBuild } from '../dockerfile.js';
import type { RunCommand } from '../image-needs.js';
import { programName } from '../startup.js';

/** The image in which something is to run, as far as it decides which programs are there. */
export interface RuntimeImage {
  readonly base: ImageReference | undefined;
  readonly family: Family | undefined;
  readonly scratch: boolean;
  /** Packages that its own build installs. */
  readonly packages: ReadonlySet<string>;
}

const INSTALLERS = /^(?:apt|apt-get|apk|dnf|microdnf|yum)$/;

/** The packages that an `apt-get install`, `apk add` or `dnf install` names. */
export function installedPackages(command: RunCommand): readonly string[] {
  const at = command.words.findIndex(({ value = '' }) => INSTALLERS.test(programName(value)));
  const words = command.words.slice(at + 1).flatMap(({ value }) => value ?? []);
  const verb = words.findIndex((word) => word === 'install' || word === 'add');
  if (at === -1 || verb === -1) return [];
  return words
    .slice(verb + 1)
    .filter((word) => !word.startsWith('-'))
    .map((word) => word.replace(/[:=~<>].*$/, ''));
}

/** The packages that a RUN takes away again. */
function removedPackages(command: RunCommand): readonly string[] {
  const words = command.words.map(({ value }) => value ?? '');
  const at = words.findIndex((word) => INSTALLERS.test(programName(word)));
  const verb = words.findIndex((word) => /^(?:remove|purge|del|erase|autoremove)$/.test(word));
  return at === -1 || verb <= at ? [] : words.slice(verb + 1);
}

/** Official images of servers on Debian or Ubuntu, unless their tag says Alpine. */
const DEBIAN_SERVERS =
  /^(?:nginx|nginxinc\/nginx-unprivileged|httpd|tomcat|jetty|wordpress|nextcloud|drupal|ghost)$/;
/** Images without a shell and a package manager, whatever distribution their tag names. */
const BARE = /distroless|chiseled|^cgr\.dev\/|^dhi\.io\//;

/** The family of an image by what it has, rather than by what it was made of. */
export function familyOf(base: ImageReference | undefined, family: Family | undefined): Family | undefined {
  if (base === undefined) return family;
  if (BARE.test(`${base.repository}:${base.tag ?? ''}`)) return 'distroless';
  return family ?? (DEBIAN_SERVERS.test(base.repository) ? 'debian' : undefined);
}

/** The image that a stage builds. */
export function runtimeImage(build: ImageBuild): RuntimeImage {
  const packages = new Set<string>();
  for (const command of build.runCommands) {
    installedPackages(command).forEach((name) => packages.add(name));
    removedPackages(command).forEach((name) => packages.delete(name));
  }
  const { base, scratch } = build;
  return { base, family: familyOf(base, build.family), scratch, packages };
}

/** A program by which a check can be made, and the word that starts it. */
export interface Interpreter {
  readonly language: 'node' | 'python' | 'ruby' | 'php';
  readonly program: string;
}

const DISTROLESS_NODE = /^gcr\.io\/distroless\/nodejs/;
const DISTROLESS_PYTHON = /^gcr\.io\/distroless\/python3/;
const STARTS_NODE = /^(?:node|nodejs|npm|npx|yarn|yarnpkg|pnpm|next)$/;

/** The interpreter that the image is known to have: its base's, or the one that it starts. */
export function interpreterOf(image: RuntimeImage, build: ImageBuild): Interpreter | undefined {
  const repository = image.base?.repository ?? '';
  const { packages } = image;
  // https://github.com/GoogleContainerTools/distroless/blob/main/nodejs/nodejs.bzl
  if (DISTROLESS_NODE.test(repository)) return { language: 'node', program: '/nodejs/bin/node' };
  if (DISTROLESS_PYTHON.test(repository)) return { language: 'python', program: '/usr/bin/python3' };
  if (image.family === 'windows' || image.scratch) return undefined;
  if (repository === 'node') return { language: 'node', program: 'node' };
  if (repository === 'python') return { language: 'python', program: 'python' };
  if (repository === 'ruby') return { language: 'ruby', program: 'ruby' };
  if (repository === 'php') return { language: 'php', program: 'php' };
  const [started] = build.startup.programs;
  const program = started?.name ?? '';
  const name = programName(program);
  if (/^python[\d.]*$/.test(name)) return { language: 'python', program };
  if (STARTS_NODE.test(name) || packages.has('nodejs')) return { language: 'node', program: 'node' };
  if (packages.has('python3')) return { language: 'python', program: 'python3' };
  return name === 'ruby' ? { language: 'ruby', program } : undefined;
}

/** True for an image that has busybox's own wget. */
function hasBusybox({ family }: RuntimeImage): boolean {
  return family === 'alpine';
}

/** Alpine builds busybox with `nc -z`; the busybox image is built without. */
export function hasScanningNetcat(image: RuntimeImage): boolean {
  return hasBusybox(image) && image.base?.repository !== 'busybox';
}

/** bash is an essential package of Debian and Ubuntu, and in every image of Red Hat's family. */
export function hasBash({ family, packages }: RuntimeImage): boolean {
  return family === 'debian' || family === 'rpm' || packages.has('bash');
}

/** The HTTP client that the image has: what its build installs, or what buildpack-deps brings. */
export function httpClient(image: RuntimeImage): 'curl' | 'wget' | undefined {
  const { packages, base } = image;
  if (packages.has('curl') || (base !== undefined && onBuildpackDeps(base))) return 'curl';
  return packages.has('wget') || hasBusybox(image) ? 'wget' : undefined;
}
