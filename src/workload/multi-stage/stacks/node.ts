import { cite, citeSource } from '../../../core/evidence.js';
import { literal } from '../../../core/text.js';
import type { Evidence } from '../../../core/types.js';
import { joinPath } from '../../../formats/dockerfile/scope.js';
import { parseShell } from '../../../formats/shell.js';
import { usesOfStage } from '../../dockerfile.js';
import type { RunCommand } from '../../image-needs.js';
import { programName } from '../../startup.js';
import {
  BUILD,
  REPEAT,
  UNLINKED,
  unclear,
  type Project,
  type Role,
  type Stack,
  type StackOutcome,
} from '../model.js';
import { words } from '../roles.js';
import { slimVariant, splitImage } from '../runtime-image.js';
import { spawnOf } from '../sources.js';

const IMAGE = 'https://github.com/nodejs/docker-node#nodeversion-slim';

/** What harden reads of a package.json. */
interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly packageManager?: string;
  readonly workspaces?: unknown;
}

type Manager = 'npm' | 'pnpm' | 'yarn' | 'yarn-berry' | 'bun';

const TOOLS =
  /^(?:node|npm|npx|yarn|yarnpkg|pnpm|pnpx|bun|bunx|corepack|tsc|tsx|vite|next|nuxt|turbo|nx|esbuild|webpack|rollup|prisma|ng|lerna|rush|gulp|grunt|node-gyp|node-prune|nest|parcel|astro|remix|svelte-kit|tailwindcss|quasar|vue-cli-service|react-scripts|gatsby|hexo|eleventy|ember|strapi|medusa|swc|babel)$/;

/** Downloads of browsers, which land in the home and want libraries of their own. */
const BROWSERS = /\b(?:playwright|puppeteer|cypress)\b.*\binstall\b|\bcypress\s+verify\b/;

function role(command: RunCommand, project: Project): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  const list = words(command);
  if (!TOOLS.test(program))
    return command.program?.includes('node_modules/.bin/') === true ? BUILD : undefined;
  const text = [program, ...list].join(' ');
  if (BROWSERS.test(text)) return unclear('it downloads a browser, whose libraries are not known');
  const global =
    (/^(?:npm|pnpm)$/.test(program) &&
      list.some((word) => /^(?:-g|--global|--location=global)$/.test(word))) ||
    (program === 'yarn' && list[0] === 'global');
  // It brings the names of package managers, and downloads nothing by itself: scripts may call them in the container.
  if (program === 'corepack') return list[0] === 'enable' ? REPEAT : BUILD;
  if (!global) return BUILD;
  const verb = list.find((word) => !word.startsWith('-')) ?? '';
  if (/^(?:config|set|cache|uninstall|remove|rm)$/.test(verb)) return BUILD;
  return bringsWhatStarts(program, list, project) ? REPEAT : BUILD;
}

/** True for an installation of a program that starts, itself or through another package manager's script. */
function bringsWhatStarts(program: string, list: readonly string[], { starts }: Project): boolean {
  const packages = list
    .filter((word) => !word.startsWith('-'))
    .slice(program === 'yarn' ? 2 : 1)
    .map((word) => programName(word.replace(/(.)@.*$/, '$1')));
  // A package's programs may have other names: only those of the builders are known not to start.
  return packages.some((name) => starts.includes(name) || !BUILDERS.has(name));
}

/** Global packages that build and do not serve. */
const BUILDERS: ReadonlySet<string> = new Set(
  (
    'npm pnpm yarn typescript turbo nx lerna rimraf node-gyp cli esbuild webpack webpack-cli vite gulp gulp-cli ' +
    'grunt grunt-cli bower nest @nestjs/cli @angular/cli angular-cli rollup parcel corepack bun node-prune npm-check-updates ' +
    'cross-env husky eslint prettier dotenv-cli'
  ).split(' '),
);

function manifestAt(project: Project, folder: string): Manifest | undefined {
  const text = project.read(joinPath(folder, 'package.json'));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The folder of the package that is installed: the outermost one with a manifest and a lock file. */
function packageRoot(project: Project): string {
  const folders: string[] = [];
  for (let at = project.workdir; at !== '' && at !== '/'; at = at.slice(0, at.lastIndexOf('/')))
    folders.unshift(at);
  return folders.find((folder) => manifestAt(project, folder) !== undefined) ?? project.workdir;
}

function managerOf(project: Project, root: string, manifest: Manifest | undefined): Manager {
  const used = project.build.runCommands.flatMap(({ program = '', words: all }) => {
    const name = programName(program);
    const verb = all[1]?.value ?? '';
    const installs = /^(?:install|i|ci|add)?$/.test(verb) || (name === 'yarn' && verb.startsWith('-'));
    return installs && /^(?:npm|pnpm|yarn|bun)$/.test(name) ? [name] : [];
  });
  const name =
    used.at(-1) ?? (/^(\w+)@/.exec(manifest?.packageManager ?? '')?.[1] as string | undefined) ?? 'npm';
  if (name !== 'yarn') return name === 'pnpm' || name === 'bun' ? name : 'npm';
  const berry =
    project.read(joinPath(root, '.yarnrc.yml')) !== undefined ||
    /^yarn@[2-9]/.test(manifest?.packageManager ?? '') ||
    /^__metadata:/m.test(project.read(joinPath(root, 'yarn.lock')) ?? '');
  return berry ? 'yarn-berry' : 'yarn';
}

/** npm 7 came with Node 15, and before it `--omit` says nothing; a tag without a number is a newer one. */
function majorVersion({ stage }: Project): number {
  return Number(/^(\d+)/.exec(splitImage(stage.image)?.tag ?? '')?.[1] ?? Infinity);
}

/** Peers that a development dependency happens to bring may be what a production one needs. */
const NO_PEERS = 'it does not install what packages need of each other, which one of them may bring';

function localInstalls({ build }: Project): readonly RunCommand[] {
  return build.runCommands.filter((command) => {
    const list = words(command);
    const global = list.some((word) => /^(?:-g|--global)$/.test(word));
    return (
      programName(command.program ?? '') === 'npm' && /^(?:install|i|ci)$/.test(list[0] ?? '') && !global
    );
  });
}

function withoutPeers(project: Project, root: string): boolean {
  const { build } = project;
  const asked = localInstalls(project).some((command) =>
    words(command).some((word) => /^(?:--legacy-peer-deps|--force|-f)$/.test(word)),
  );
  const settings = [
    project.read(joinPath(root, '.npmrc')) ?? '',
    ...build.scope.instructions.map(({ argumentText }) => argumentText),
  ];
  return asked || settings.some((text) => /legacy[-_]peer[-_]deps/i.test(text));
}

/** A lock file that came in after the installation may name other versions than were installed. */
function lockOption(project: Project): readonly string[] {
  return localInstalls(project).some((command) => words(command)[0] === 'ci') ? [] : ['--no-package-lock'];
}

/**
 * The manager's own way to leave only production dependencies. Scripts are not run: `prepare` wants what was just removed.
 * npm: https://docs.npmjs.com/cli/commands/npm-prune; pnpm: https://pnpm.io/cli/prune (not for workspaces)
 */
function pruneCommands(project: Project, manager: Manager, root: string): readonly string[] | string {
  switch (manager) {
    case 'npm':
      // https://docs.npmjs.com/cli/using-npm/config#legacy-peer-deps: only npm 7 and newer install peers for who needs them.
      if (majorVersion(project) < 15 || withoutPeers(project, root)) return NO_PEERS;
      return [['npm prune --omit=dev', ...lockOption(project)].join(' ')];
    case 'pnpm':
      return project.read(joinPath(root, 'pnpm-workspace.yaml')) === undefined
        ? ['CI=true pnpm prune --prod --ignore-scripts']
        : 'pnpm prunes no workspaces';
    case 'yarn':
      return NO_PEERS;
    case 'yarn-berry':
      return 'yarn needs a plugin to prune before version 4';
    case 'bun':
      return 'bun prunes no installed packages';
  }
}

/** True when the installation leaves development dependencies out already. */
function installsProductionOnly(project: Project): boolean {
  const { build, document, stage } = project;
  return build.runCommands.some((command) => {
    const name = command.program === undefined ? '' : programName(command.program);
    if (!/^(?:npm|pnpm|yarn|bun)$/.test(name)) return false;
    const list = words(command);
    const verb = list.find((word) => !word.startsWith('-'));
    if (verb !== undefined && !/^(?:install|i|ci)$/.test(verb)) return false;
    if (
      list.some((word) =>
        /^(?:--production(?:=true)?|--prod|-P|--omit=dev|--only=prod(?:uction)?)$/.test(word),
      )
    )
      return true;
    const at = document.instructions.indexOf(command.instruction);
    const environment = build.scope.lookupAt(stage.instructions.find(({ index }) => index === at));
    return environment('NODE_ENV') === 'production' && name !== 'bun';
  });
}

/** Words that start a program of a package: what a script of package.json or the command line names. */
function startedPrograms(project: Project, manifest: Manifest | undefined): readonly string[] {
  const scripts = manifest?.scripts ?? {};
  const seen = new Set<string>();
  const programs: string[] = [];
  const follow = (name: string): void => {
    const text = scripts[name];
    if (text === undefined || seen.has(name)) return;
    seen.add(name);
    for (const related of [`pre${name}`, `post${name}`]) follow(related);
    for (const command of parseShell(text).commands)
      visit(
        command.program ?? '',
        command.args.map(({ text: word }) => word),
      );
  };
  const visit = (program: string, args: readonly string[]): void => {
    const name = programName(program);
    programs.push(name);
    const operands = args.filter((word) => !word.startsWith('-'));
    if (/^(?:npm|yarn|pnpm|bun)$/.test(name)) {
      const [verb = '', script = ''] = operands;
      if (verb === 'run' || verb === 'run-script') follow(script);
      else if (verb === 'exec' || verb === 'dlx') programs.push(programName(script));
      else follow(verb);
    } else if (/^(?:npx|pnpx|bunx|dotenv|cross-env|nodemon|concurrently)$/.test(name)) {
      programs.push(
        ...operands
          .filter((word) => !/^\w+=/.test(word))
          .slice(0, 1)
          .map(programName),
      );
    }
    for (const [at, word] of args.entries()) {
      if (/^(?:-r|--require|--import|--loader)$/.test(word))
        programs.push((args[at + 1] ?? '').replace(/^(@[^/]+\/[^/]+|[^/]+).*$/, '$1'));
    }
  };
  for (const { name, args } of project.build.startup.programs) if (name !== undefined) visit(name, args);
  for (const { start } of usesOfStage(project.document, project.stage, project.context)) {
    for (const { program = '', args } of parseShell(start).commands) {
      visit(
        program,
        args.map(({ text }) => text),
      );
    }
  }
  return programs;
}

/** Packages whose programs have other names than the package. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  tsc: 'typescript',
  nest: '@nestjs/cli',
  ng: '@angular/cli',
  remix: '@remix-run/dev',
  'remix-serve': '@remix-run/serve',
  'react-router': '@react-router/dev',
  'vue-cli-service': '@vue/cli-service',
  nuxi: 'nuxt',
  strapi: '@strapi/strapi',
  medusa: '@medusajs/medusa',
  babel: '@babel/cli',
  'babel-node': '@babel/node',
  sequelize: 'sequelize-cli',
  'sequelize-cli': 'sequelize-cli',
};

/** Why development dependencies must stay: what starts is one, or a source of the server imports one. */
function developmentAtRunTime(project: Project, manifest: Manifest): string | undefined {
  const development = Object.keys(manifest.devDependencies ?? {});
  const production = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
  ]);
  const only = development.filter((name) => !production.has(name));
  const started = startedPrograms(project, manifest).find((name) => only.includes(PACKAGE_OF[name] ?? name));
  if (started !== undefined) return `${started}, which starts, is a development dependency`;
  const candidates = only.filter((name) => !name.startsWith('@types/') && !BUILD_PACKAGES.test(name));
  for (const { path, text } of project.sources.files()) {
    if (/(?:^|\/)(?:[\w.-]*\.config\.\w+|scripts?\/|tools?\/|webpack|gulpfile|Gruntfile|rollup)/.test(path))
      continue;
    if (!/\.[cm]?[jt]sx?$/.test(path)) continue;
    const found = candidates.find((name) => imports(text, name));
    if (found !== undefined) return `${path} imports ${found}, a development dependency`;
  }
  return project.sources.complete() ? undefined : 'not all sources were read for what they import';
}

/** Packages that build, test or lint: a source that names one is part of the build. */
const BUILD_PACKAGES =
  /^(?:typescript|ts-node|tsx|eslint.*|prettier.*|vite.*|vitest|jest.*|mocha|chai|webpack.*|rollup.*|esbuild.*|@vitejs\/.*|@rollup\/.*|@babel\/.*|babel-.*|postcss.*|tailwindcss|@tailwindcss\/.*|autoprefixer|sass|less|@playwright\/.*|playwright|cypress|@testing-library\/.*|husky|lint-staged|nodemon|concurrently|rimraf|turbo|svelte|@sveltejs\/.*|vue|@vue\/.*|react.*|@angular.*|@swc\/.*|parcel.*|gulp.*|grunt.*)$/;

function imports(text: string, name: string): boolean {
  const quoted = `['"]${literal(name)}(?:/[^'"]*)?['"]`;
  return new RegExp(
    `(?:^|\\n)\\s*(?:import\\s+(?!type\\b)[^'";]*?from\\s*|import\\s*|export\\s+(?!type\\b)[^'";]*?from\\s*)${quoted}|\\brequire\\s*\\(\\s*${quoted}|\\bimport\\s*\\(\\s*${quoted}`,
  ).test(text);
}

/** Signs of compiled add-ons: they link to shared libraries. */
const NATIVE =
  /"hasInstallScript": true|requiresBuild: true|\bnode-gyp(?:-build)?\b|\bprebuild-install\b|\bnode-addon-api\b|\bnode-pre-gyp\b|\bcmake-js\b/;

function hasNative(project: Project, root: string): boolean {
  if (project.read(joinPath(root, 'binding.gyp')) !== undefined) return true;
  const locks = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];
  const texts = locks.flatMap((name) => project.read(joinPath(root, name)) ?? []);
  return texts.length === 0 || texts.some((text) => NATIVE.test(text));
}

function installsVersion({ build }: Project, text: string): boolean {
  return build.runCommands.some((command) => words(command).includes(text));
}

/** Managers that corepack downloads when they are first run. */
function startsThroughCorepack(project: Project): string | undefined {
  const through = project.starts.find((name) => name === 'pnpm' || name === 'yarn');
  const enabled = project.build.runCommands.some(({ program = '' }) => programName(program) === 'corepack');
  return enabled ? through : undefined;
}

function plan(project: Project): StackOutcome {
  const { document, stage } = project;
  const image = slimVariant(stage.image, 'suffix');
  if (image === undefined) return { ok: false, reason: `which slim variant ${stage.image} has is not known` };
  const through = startsThroughCorepack(project);
  if (through !== undefined) {
    return {
      ok: false,
      reason: `it starts through ${through}, which corepack would download at each start: start node itself, or install ${through} with npm`,
    };
  }
  const root = packageRoot(project);
  const manifest = manifestAt(project, root);
  const installs = project.build.runCommands.find(({ program = '' }) =>
    /^(?:npm|pnpm|yarn|bun)$/.test(programName(program)),
  );
  if (installs === undefined) return { ok: false, reason: 'no package manager installs anything' };
  if (manifest === undefined) {
    return { ok: false, reason: 'the package.json that it installs from is not in the build context' };
  }
  const manager = managerOf(project, root, manifest);
  const named = /^pnpm@([\d.]+)/.exec(manifest.packageManager ?? '')?.[1];
  if (project.starts.includes('pnpm') && named !== undefined && !installsVersion(project, `pnpm@${named}`)) {
    return {
      ok: false,
      reason: `it starts through pnpm, which would download its version ${named} at each start: install pnpm@${named}, or start node itself`,
    };
  }
  const notes: string[] = [];
  const evidence: Evidence[] = [cite(document, installs.offset + installs.start)];
  let prune: readonly string[] = [];
  const { devDependencies = {} } = manifest;
  const workspaces =
    manifest.workspaces !== undefined || project.read(joinPath(root, 'pnpm-workspace.yaml')) !== undefined;
  if (installsProductionOnly(project)) notes.push('development dependencies are not installed');
  else if (Object.keys(devDependencies).length > 0 || workspaces) {
    const needed = developmentAtRunTime(project, manifest);
    const commands = needed ?? pruneCommands(project, manager, root);
    if (typeof commands === 'string') notes.push(`keeps the development dependencies: ${commands}`);
    else prune = root === project.workdir ? commands : [`cd ${root}`, ...commands];
  }
  if (prune.length > 0) notes.push(`${prune.at(-1) ?? ''} removes the development dependencies`);
  // https://www.prisma.io/docs/orm/reference/system-requirements: its engines link to OpenSSL, and ask which one there is.
  const prisma = Object.keys({ ...manifest.dependencies, ...devDependencies }).some((name) =>
    /^(?:@prisma\/client|prisma)$/.test(name),
  );
  const native = hasNative(project, root) || prisma;
  const spawnsPython = spawnOf(project.sources, 'python3');
  if (spawnsPython !== undefined) evidence.push(spawnsPython);
  return {
    ok: true,
    plan: {
      name: `Node.js (${manager})`,
      image,
      imageEvidence: citeSource(IMAGE, 'the slim variant has what runs Node, and no compilers'),
      copies: project.roots.map((path) => ({ path })),
      prune,
      linked: native ? { folders: project.roots, programs: project.roots } : UNLINKED,
      bare: native
        ? 'its packages may have compiled add-ons'
        : { kind: 'node', version: majorVersion(project) },
      packages: prisma && project.build.family !== 'alpine' ? ['openssl'] : [],
      notes: [`copies all of ${project.roots.join(', ')}`, ...notes],
      evidence,
    },
  };
}

export const node: Stack = {
  matches: (repository) => /^(?:(?:amd64|arm64v8)\/)?node$/.test(repository),
  followsGlobal: true,
  role,
  buildPackages: /^(?:git|python3?|python3-(?:pip|setuptools|venv)|yarn|npm)$/,
  plan,
};
