import { cite, citeSource } from '../../../core/evidence.js';
import { joinPath } from '../../../formats/dockerfile/scope.js';
import type { RunCommand } from '../../image-needs.js';
import { isWithin } from '../../model.js';
import { programName } from '../../startup.js';
import { BUILD, unclear, type Project, type Role, type Stack, type StackOutcome } from '../model.js';
import { words } from '../roles.js';
import { slimVariant, splitImage } from '../runtime-image.js';

const IMAGE = 'https://github.com/docker-library/docs/blob/master/python/variant-slim.md';
const TOOLS =
  /^(?:python[\d.]*|pip[\d.]*|uv|poetry|pipenv|pdm|hatch|flit|setup\.py|manage\.py|django-admin|flask|alembic|cython|npm|npx|yarn|pnpm|node|pytest|pybabel|compileall|virtualenv|spacy|nltk)$/;

/** Where `python -m venv DIR` or `uv venv DIR` makes an environment. */
function environmentOf(command: RunCommand, cwd: string): string | undefined {
  const list = words(command);
  const program = command.program === undefined ? '' : programName(command.program);
  const at = list.findIndex((word) => word === 'venv');
  const module = /^python/.test(program) && list[at - 1] === '-m';
  if (program !== 'virtualenv' && !(at !== -1 && (module || program === 'uv'))) return undefined;
  const folder = list.slice(at + 1).find((word) => !word.startsWith('-'));
  return joinPath(cwd, folder ?? '.venv');
}

function role(command: RunCommand, project: Project, cwd: string): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  if (!TOOLS.test(program)) {
    const own = command.program ?? '';
    return own.includes('/') &&
      [...project.roots, '/opt/venv', '/venv'].some((root) => isWithin(joinPath(cwd, own), root))
      ? BUILD
      : undefined;
  }
  const list = words(command);
  const environment = environmentOf(command, cwd);
  if (environment !== undefined) {
    const inside = project.roots.some((root) => isWithin(environment, root));
    return inside ? BUILD : { kind: 'output', paths: [environment] };
  }
  if (/^pip/.test(program) || (list[0] === '-m' && list[1] === 'pip')) {
    if (list.includes('--user')) return unclear("pip installs into root's home");
    const at = list.findIndex((word) => /^(?:--prefix|--target|-t)$/.test(word));
    const target =
      list.map((word) => /^--(?:prefix|target)=(.+)$/.exec(word)?.[1]).find(Boolean) ??
      (at === -1 ? undefined : list[at + 1]);
    if (target !== undefined && target !== '/usr/local')
      return { kind: 'output', paths: [joinPath(cwd, target)] };
  }
  if (/^(?:spacy|nltk)$/.test(program) || list.some((word) => /^(?:nltk|nltk\.downloader)$/.test(word))) {
    return unclear('it downloads data to a place of its own');
  }
  if (/\b(?:playwright)\b/.test([program, ...list].join(' ')) && list.includes('install')) {
    return unclear('it downloads a browser, whose libraries are not known');
  }
  return BUILD;
}

/** `3.11` of `3.11.4-bookworm`: the folder that pip installs into has it in its name. */
function minorVersion(image: string): string | undefined {
  return /^(\d+\.\d+)/.exec(splitImage(image)?.tag ?? '')?.[1];
}

/** Why uv would bring a Python of its own, which the environment then links to: https://docs.astral.sh/uv/concepts/python-versions/ */
function ownPython(
  project: Project,
  commands: readonly string[],
  version: string | undefined,
): string | undefined {
  if (!commands.some((text) => /\buv\b.*\b(?:sync|venv|run|install)\b/.test(text))) return undefined;
  const minor = Number(version?.split('.')[1]);
  const pinned = project.read(joinPath(project.workdir, '.python-version'))?.trim();
  const wanted = /requires-python\s*=\s*["'][^"']*>=?\s*3\.(\d+)/.exec(
    project.read(joinPath(project.workdir, 'pyproject.toml')) ?? '',
  )?.[1];
  const differs = pinned !== undefined && !pinned.startsWith(version ?? '?');
  return differs || Number(wanted ?? 0) > minor
    ? 'uv would install a Python of its own for the environment'
    : undefined;
}

/** Libraries that a package opens by name: no link says so. Each is named in the package's own installation notes. */
const OPENED: readonly (readonly [python: RegExp, debian: readonly string[], alpine: readonly string[]])[] = [
  [/^python-magic\b/im, ['libmagic1'], ['libmagic']],
  [/^weasyprint\b/im, ['libpango-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0'], ['pango']],
  [/^cairo(?:svg|cffi)\b/im, ['libcairo2'], ['cairo']],
  [/^psycopg(?!\[|2)\b/im, ['libpq5'], ['libpq']],
  [/^pyzbar\b/im, ['libzbar0'], ['zbar']],
  [/^pylibmc\b/im, ['libmemcached11'], ['libmemcached']],
];

function requirements(project: Project): string {
  const names = [
    'requirements.txt',
    'requirements/base.txt',
    'requirements/production.txt',
    'Pipfile',
    'pyproject.toml',
  ];
  const folders = [...new Set([project.workdir, ...project.roots])];
  const texts = folders.flatMap((folder) =>
    names.flatMap((name) => project.read(joinPath(folder, name)) ?? []),
  );
  // `"psycopg>=3",` of a pyproject.toml reads as a requirement without its quote.
  return texts.join('\n').replace(/^\s*["']/gm, '');
}

function plan(project: Project): StackOutcome {
  const { build, document, stage } = project;
  const image = slimVariant(stage.image, 'before-suite');
  if (image === undefined) return { ok: false, reason: `which slim variant ${stage.image} has is not known` };
  const installers = build.runCommands.filter(({ program = '', args }) => {
    const name = programName(program);
    return /^(?:pip[\d.]*|uv|poetry|pipenv|pdm)$/.test(name) || args.some(({ value }) => value === 'pip');
  });
  const [first] = installers;
  if (first === undefined) return { ok: false, reason: 'no package manager installs anything' };
  const texts = build.runCommands.map(({ words: all }) => all.map(({ text }) => text).join(' '));
  const environment = build.scope.instructions.map(({ argumentText }) => argumentText).join('\n');
  const inProject =
    /virtualenvs[._](?:in-project|create|path)|POETRY_VIRTUALENVS|PIPENV_VENV_IN_PROJECT|VIRTUAL_ENV/i.test(
      environment,
    );
  if (
    !inProject &&
    texts.some((text) => /\bpoetry (?:install|sync)|\bpipenv (?:install|sync)(?!.*--system)/.test(text))
  ) {
    return { ok: false, reason: 'its environment is created in the home of the user that builds' };
  }
  const version = minorVersion(image);
  const own = ownPython(project, texts, version);
  if (own !== undefined) return { ok: false, reason: own };
  if (version === undefined)
    return {
      ok: false,
      reason: `the tag of ${stage.image} does not say which Python it is: pip's folder has the version in its name`,
    };
  const site = `/usr/local/lib/python${version}/site-packages`;
  const listed = requirements(project);
  const family = build.family === 'alpine' ? 2 : 1;
  const opened = OPENED.flatMap((entry) => (entry[0].test(listed) ? entry[family] : []));
  return {
    ok: true,
    plan: {
      name: 'Python',
      image,
      imageEvidence: citeSource(IMAGE, 'the slim variant has what runs Python, and no compilers'),
      copies: [site, '/usr/local/bin', ...project.roots].map((path) => ({ path })),
      prune: [],
      linked: { folders: [site, ...project.roots], programs: ['/usr/local/bin'] },
      packages: opened,
      // https://github.com/docker-hardened-images/catalog/blob/main/image/python/guides.md, and
      // https://github.com/GoogleContainerTools/distroless/tree/main/python3: theirs is /usr/bin/python3.
      bare: 'what pip installs names the Python of /usr/local, and images without a shell have theirs in /usr',
      notes: [`copies all that pip installed, and all of ${project.roots.join(', ')}`],
      evidence: [cite(document, first.offset + first.start)],
    },
  };
}

export const python: Stack = {
  matches: (repository) => /^(?:(?:amd64|arm64v8)\/)?python$/.test(repository),
  role,
  buildPackages: /^(?:git|nodejs|npm|yarn|python3-(?:pip|setuptools|wheel|dev|venv))$/,
  plan,
};
