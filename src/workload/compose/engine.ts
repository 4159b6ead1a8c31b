import { strings } from './plain.js';
import type { ServiceView } from './project.js';

/** Images of which the program starts containers of its own. `docker:cli` only talks to an engine. */
const ENGINE =
  /(?:^|\/)(?:docker|dind|podman(?:\/stable)?|buildah|buildkit|k3s|k3d|rancher|kindest\/node)(?=$|[:@])|:[^/]*dind/;

/** Chromium and what drives it: its sandbox makes user namespaces, which Docker's seccomp profile forbids. */
const BROWSER = /chrom(?:e|ium)|browserless|playwright|puppeteer|selenium|webtop|kasm|neko/;

/** The program itself: `init` as a word is a subcommand of many. */
const SYSTEM = /(?:^|\s)\/(?:usr\/)?(?:s?bin\/init|lib\/systemd\/systemd)(?:$|\s)/;

/** What a service is, by its image's name or its command, of what no default confinement fits. */
export type Special = 'engine' | 'browser' | 'system';

export function specialKind(view: ServiceView): Special | undefined {
  const field = view.last('image');
  const image = typeof field?.value === 'string' ? view.project.interpolate(field.value).text : '';
  if (ENGINE.test(image) && !/:[^/]*cli/.test(image)) return 'engine';
  if (BROWSER.test(image)) return 'browser';
  const words = ['entrypoint', 'command'].flatMap((key) => strings(view.last(key)?.value)).join(' ');
  return SYSTEM.test(words) || /(?:^|[-/:])systemd(?:$|[-:@])/.test(image) ? 'system' : undefined;
}
