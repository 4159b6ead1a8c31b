import type { DockerfileDocument, Stage } from '../formats/dockerfile/document.js';
import type { RunScript } from '../formats/dockerfile/run-script.js';
import { workdirAt } from '../formats/dockerfile/scope.js';
import type { ShellCommand, ShellWord } from '../formats/shell.js';
import type { DockerfileContext } from './context.js';
import { findCopiedFile } from './copied-files.js';
import { packageCommand, type PackageCommand } from './package-commands.js';

/** How a tool is kept from leaving what it downloaded. */
export interface CacheKind {
  readonly message: string;
  /** The option that keeps it from writing; else `clean` removes it. */
  readonly flag?: string;
  readonly clean?: string;
  /** Options with which it is looked after, in the same command. */
  readonly options: RegExp;
  /** Where the cache lies: a mount there, or a removal. */
  readonly paths: RegExp;
  /** Commands that remove it. */
  readonly cleans: RegExp;
  /** What elsewhere in the Dockerfile says that it is looked after. */
  readonly configured: RegExp;
  /** Base images that are configured so. */
  readonly broughtBy?: RegExp;
  readonly source: string;
  readonly says: string;
}

/** An installation that leaves a cache. */
export interface CacheUse {
  readonly command: PackageCommand;
  /** Behind this word goes the option. */
  readonly verb: ShellWord;
}

interface Tool {
  readonly kind: CacheKind;
  /** The word that makes a command an installation. */
  installs(command: ShellCommand, place: Place): CacheUse | undefined;
}

interface Place {
  readonly document: DockerfileDocument;
  readonly stage: Stage;
  readonly run: RunScript;
  readonly context: DockerfileContext;
}

function byVerb(tools: RegExp, verbs: RegExp): Tool['installs'] {
  return (shell) => {
    const command = packageCommand(shell, tools);
    const verb = command?.verb;
    return command === undefined || verb === undefined || !verbs.test(verb.value ?? '')
      ? undefined
      : { command, verb };
  };
}

/** `python -m pip install`, `uv pip install`: the tool behind another's words. */
function behind(tools: RegExp, words: readonly string[]): Tool['installs'] {
  return (shell) => {
    const command = packageCommand(shell, tools);
    const verb = command?.args[words.length - 1];
    const same = words.every((word, at) => command?.args[at]?.value === word);
    return command === undefined || verb === undefined || !same ? undefined : { command, verb };
  };
}

function firstOf(...ways: readonly Tool['installs'][]): Tool['installs'] {
  return (shell, place) => {
    for (const way of ways) {
      const use = way(shell, place);
      if (use !== undefined) return use;
    }
    return undefined;
  };
}

/** Yarn since version 2 may run the program from its cache: only the first one's is known to be a copy. */
function yarnClassic(shell: ShellCommand, { document, stage, run, context }: Place): CacheUse | undefined {
  const command = packageCommand(shell, /^yarn(?:pkg)?$/);
  const [tool] = shell.words.slice(-1);
  if (command === undefined || tool === undefined) return undefined;
  const verb = command.verb ?? tool;
  if (command.verb !== undefined && !/^(?:install|add|global)$/.test(command.verb.value ?? ''))
    return undefined;
  if (verb.value === 'global') return { command, verb };
  const workdir = workdirAt(document, stage, run.instruction);
  const lock =
    workdir === undefined
      ? undefined
      : findCopiedFile(document, stage, `${workdir}/yarn.lock`, context.files, context.buildContext);
  return lock?.text.includes('# yarn lockfile v1') === true ? { command, verb } : undefined;
}

const TOOLS: readonly Tool[] = [
  {
    kind: {
      message: 'pip keeps a copy of what it downloads and builds in the image',
      flag: '--no-cache-dir',
      options: /^--(?:no-cache|cache-dir|no-index)/,
      paths: /\.cache(?:\/pip)?(?:\/|$)|\/pip(?:-cache)?(?:\/|$)/,
      cleans: /\bpip\S* cache purge\b/,
      configured: /PIP_(?:NO_)?CACHE_DIR|\bpip\.conf\b|XDG_CACHE_HOME|\bno-cache-dir\b.*\bpip\b.*config/,
      source: 'https://pip.pypa.io/en/stable/topics/caching/#avoiding-caching',
      says: 'pip keeps downloads and built wheels unless --no-cache-dir is given',
    },
    installs: firstOf(
      byVerb(/^pip\d?(?:\.\d+)?$/, /^install$/),
      behind(/^python[\d.]*$/, ['-m', 'pip', 'install']),
    ),
  },
  {
    kind: {
      message: 'uv keeps what it downloads and builds in the image',
      flag: '--no-cache',
      options: /^(?:--no-cache|-n$|--cache-dir)/,
      paths: /\.cache(?:\/uv)?(?:\/|$)|\/uv(?:-cache|\/cache)?(?:\/|$)/,
      cleans: /\buv (?:cache (?:clean|prune)|clean)\b/,
      configured: /UV_(?:NO_CACHE|CACHE_DIR)|XDG_CACHE_HOME/,
      source: 'https://docs.astral.sh/uv/guides/integration/docker/#caching',
      says: 'without a cache mount --no-cache makes the image smaller',
    },
    installs: firstOf(
      byVerb(/^uv$/, /^sync$/),
      behind(/^uv$/, ['pip', 'install']),
      behind(/^uv$/, ['pip', 'sync']),
    ),
  },
  {
    kind: {
      message: 'npm keeps a copy of every package that it downloads in the image',
      clean: 'npm cache clean --force',
      options: /^--cache(?:=|$)/,
      paths: /\.npm(?:\/|$)|_cacache|npm-cache|^\/root\/?$/,
      cleans: /\bnpm cache (?:clean|clear|rm)\b/,
      configured: /npm_config_cache|npm (?:c|config) set cache/i,
      source: 'https://docs.npmjs.com/cli/commands/npm-cache',
      says: 'npm keeps what it fetches in its cache; clean removes all of it',
    },
    installs: byVerb(/^npm$/, /^(?:install|i|ci|add)$/),
  },
  {
    kind: {
      message: 'Yarn keeps a copy of every package that it downloads in the image',
      clean: 'yarn cache clean',
      options: /^--cache-folder/,
      paths: /\.cache(?:\/yarn)?(?:\/|$)|\.yarn(?:-cache)?(?:\/|$)|yarn/,
      cleans: /\byarn cache clean\b/,
      configured: /YARN_CACHE_FOLDER|yarn config set/,
      source: 'https://classic.yarnpkg.com/en/docs/cli/cache#toc-yarn-cache-clean',
      says: 'Yarn keeps every package in its global cache',
    },
    installs: yarnClassic,
  },
  {
    kind: {
      message: 'Composer keeps a copy of every package that it downloads in the image',
      clean: 'composer clear-cache',
      options: /^--no-cache$/,
      paths: /composer/,
      cleans: /\bcomposer\S* (?:clear-?cache|cc)\b/,
      configured: /COMPOSER_CACHE_DIR/,
      broughtBy: /^(?:docker\.io\/)?(?:library\/)?composer(?::|@|$)/,
      source: 'https://getcomposer.org/doc/03-cli.md#clear-cache-clearcache-cc',
      says: "clear-cache removes all content from Composer's cache directories",
    },
    installs: byVerb(/^composer$/, /^(?:install|update|require|create-project|global)$/),
  },
  {
    kind: {
      message: 'gem writes documentation that nothing in the image reads',
      flag: '--no-document',
      options: /^(?:-N|--no-document|--no-doc|--no-ri|--no-rdoc|--document)/,
      paths: /\/doc(?:\/|$)/,
      cleans: /\bgem cleanup --doc\b/,
      configured: /gemrc|--no-(?:document|ri)/,
      broughtBy: /^(?:docker\.io\/)?(?:library\/)?j?ruby(?::|@|$)/,
      source: 'https://guides.rubygems.org/command-reference/#gem-install',
      says: '--no-document generates no documentation',
    },
    installs: byVerb(/^gem$/, /^install$/),
  },
];

/** The installations of a script that leave a cache, by tool. */
export function packageCaches(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  context: DockerfileContext,
): readonly { readonly kind: CacheKind; readonly uses: readonly CacheUse[] }[] {
  return TOOLS.flatMap(({ kind, installs }) => {
    const uses = run.script.commands.flatMap((shell) => {
      const use = installs(shell, { document, stage, run, context });
      return use === undefined || use.command.args.some(({ text }) => kind.options.test(text)) ? [] : [use];
    });
    return uses.length === 0 ? [] : [{ kind, uses }];
  });
}
