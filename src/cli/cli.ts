import yargs, { type Options } from 'yargs';
import { packageVersion } from '../io/package.js';
import { DEFAULT_SYSTEMD_VERSION } from '../harden.js';
import { explain, explainImage, list } from './catalogue.js';
import { ownEnvironment } from './environment.js';
import { near } from '../core/near.js';
import { EXIT_ERROR, printError, surviveClosedPipe, wantsColor, type ExitCode } from './output.js';
import { OUTPUT_NAMES } from '../render/output.js';
import { runHarden } from './run.js';
import type { HardenArguments } from './settings.js';
import type { BaselineArguments } from './baseline.js';
import type { ReportArguments } from './report.js';
import type { UnitArguments } from './unit.js';
import type { VerifyArguments } from './verify.js';

/** An option that takes one value each time, or several with commas, and leaves the paths alone. */
function listOption(describe: string): Options {
  return {
    type: 'string',
    array: true,
    nargs: 1,
    requiresArg: true,
    describe,
    coerce: (values: readonly string[]) => values.flatMap((value) => value.split(',')),
  };
}

/** The same, for values that may hold commas. */
function repeatedOption(describe: string): Options {
  return { type: 'string', array: true, nargs: 1, requiresArg: true, describe };
}

const SYSTEMD_VERSION_OPTION: Options = {
  type: 'number',
  requiresArg: true,
  describe: `the oldest systemd that is to know every setting; ${DEFAULT_SYSTEMD_VERSION} by default`,
};

const BASELINE_OPTION: Options = {
  type: 'string',
  requiresArg: true,
  describe: 'the baseline in place of the harden.baseline.json that is found; --no-baseline for none',
};

const CONFIG_OPTION: Options = {
  type: 'string',
  requiresArg: true,
  describe: 'the config to follow in place of the harden.config.yml that is found; --no-config for none',
};

/** The command line can't be understood: nothing was done. */
class UsageError extends Error {}

/** The options that take one value; given twice, neither can be meant. */
const SINGLE = ['phase', 'output', 'jobs', 'base', 'systemd-version', 'config', 'baseline'];

/**
 * Runs the command line and returns the exit code: 0 done, 1 `--check` found something to change, 2 a file could
 * not be read, parsed or written, or the usage was wrong.
 */
export async function runCli(argv: readonly string[]): Promise<ExitCode> {
  surviveClosedPipe();
  ownEnvironment();
  let exitCode: ExitCode = 0;
  const parser = yargs([...argv])
    .scriptName('harden')
    .locale('en')
    .usage(
      '$0 [paths..]\n\nWrites hardened variants of Dockerfiles, Compose files, systemd units, Quadlets, fly.toml files and Render Blueprints, as reviewable diffs.',
    )
    .command(
      ['$0 [paths..]'],
      'preview (the default) or write the hardened files',
      (command) =>
        command
          .positional('paths', { type: 'string', array: true, default: ['.'], describe: 'files or folders' })
          .option('dry-run', {
            type: 'boolean',
            group: 'Mode:',
            describe: 'show the diffs and the reasons (default)',
          })
          .option('write', {
            type: 'boolean',
            group: 'Mode:',
            describe: 'write .hardened files beside the originals',
          })
          .option('overlay', {
            type: 'boolean',
            group: 'Mode:',
            implies: 'write',
            describe: 'with --write: for Compose, a file to add with -f that holds only the changes',
          })
          .option('drop-in', {
            type: 'boolean',
            group: 'Mode:',
            implies: 'write',
            describe: 'with --write: for a unit, <unit>.d/50-hardening.conf that holds only the changes',
          })
          .option('in-place', { type: 'boolean', group: 'Mode:', describe: 'change the files themselves' })
          .option('check', {
            type: 'boolean',
            group: 'Mode:',
            describe: 'change nothing; exit 1 when something would change, or is new to the baseline',
          })
          .option('phase', {
            choices: [1, 2, 3] as const,
            describe: '1 immediate, 2 needs testing, 3 advanced; 2 by default, 1 with --in-place',
          })
          .option('only', listOption('transforms to run, by id, name or format (see harden list)'))
          .option('skip', listOption('transforms to leave out'))
          .option('format', listOption('formats to read: dockerfile, compose, systemd, quadlet, fly, render'))
          .option('output', {
            choices: OUTPUT_NAMES,
            default: 'text' as const,
            describe: 'what to print',
          })
          .option(
            'output-file',
            repeatedOption('also write an output to a file, as <output>=<file>; may be given several times'),
          )
          .option('force', {
            type: 'boolean',
            default: false,
            describe: 'with --write: replace a .hardened file that was edited',
          })
          .option('pin-digests', {
            type: 'boolean',
            describe: 'pin images to the digest of their tag, from harden.lock or the registry',
          })
          .option('refresh-digests', {
            type: 'boolean',
            implies: 'pin-digests',
            describe: 'ask the registries again, whatever harden.lock says',
          })
          .option('base', {
            choices: ['slim', 'distroless', 'chainguard'] as const,
            describe: 'with --phase 3: what a Dockerfile that gets a runtime stage runs on; slim by default',
          })
          .option('systemd-version', SYSTEMD_VERSION_OPTION)
          .option('config', CONFIG_OPTION)
          .option('baseline', BASELINE_OPTION)
          .option('jobs', {
            type: 'number',
            requiresArg: true,
            describe: 'threads at most; by default as many as the number of files is worth',
          })
          .conflicts('write', ['in-place', 'check', 'dry-run'])
          .conflicts('in-place', ['check', 'dry-run'])
          .conflicts('check', 'dry-run')
          .check((args) => {
            const twice = SINGLE.find((name) => Array.isArray(args[name]));
            if (twice !== undefined) return `--${twice} was given twice`;
            const { jobs, systemdVersion } = args;
            if (systemdVersion !== undefined && !Number.isInteger(systemdVersion))
              return '--systemd-version takes a number';
            return (
              jobs === undefined || (Number.isInteger(jobs) && jobs > 0) || '--jobs takes a number from 1 on'
            );
          })
          .example('$0', 'preview all changes below the current folder')
          .example('$0 --write deploy', 'write .hardened files beside those in deploy/')
          .example('$0 --in-place --phase 1', 'apply what is safe')
          .example('$0 --check --format compose', 'fail in CI when a Compose file could be harder')
          .example('$0 --output patch | git apply', 'take the changes as a patch')
          .example('$0 --output-file sarif=x.sarif', 'keep the findings for code scanning too')
          .epilogue(
            'Exit codes: 0 done, 1 --check fails, 2 a file could not be handled or the usage is wrong.',
          ),
      async (args) => {
        exitCode = await runHarden(args as HardenArguments);
      },
    )
    .command(
      'unit <name>',
      'harden a systemd service that is installed, by a drop-in',
      (command) =>
        command
          .positional('name', { type: 'string', demandOption: true, describe: 'for example nginx.service' })
          .option('root', { type: 'string', default: '/', describe: 'root of the system, or of an image' })
          .option('write', {
            type: 'boolean',
            describe: 'write the drop-in below etc/systemd/system; it is not activated',
          })
          .option('phase', { choices: [1, 2, 3] as const, describe: 'how far to go; 2 by default' })
          .option('systemd-version', SYSTEMD_VERSION_OPTION)
          .option('force', {
            type: 'boolean',
            default: false,
            describe: 'with --write: replace a drop-in that was edited',
          })
          .option('config', CONFIG_OPTION)
          .example('$0 unit nginx', 'see what the drop-in would be, and why')
          .example('sudo $0 unit nginx --write', 'write it, and get the commands to activate and undo it')
          .example('$0 unit app --root ./rootfs', 'a unit of an image that is being built'),
      async (args) => {
        const { runUnit } = await import('./unit.js');
        exitCode = await runUnit(args as UnitArguments);
      },
    )
    .command(
      'verify [paths..]',
      'build and start what harden wrote, beside the original, and say what works no more',
      (command) =>
        command
          .positional('paths', { type: 'string', array: true, default: ['.'], describe: 'files or folders' })
          .option('original', {
            type: 'string',
            requiresArg: true,
            describe: 'for files that were changed in place: the commit that has the originals',
          })
          .option('phase', { choices: [1, 2, 3] as const, describe: 'how far to go; 2 by default' })
          .option('only', listOption('transforms to run, by id, name or format'))
          .option('skip', listOption('transforms to leave out'))
          .option(
            'format',
            listOption('formats to verify: dockerfile, compose, systemd, quadlet, fly, render'),
          )
          .option('stage', listOption('checks to make: static, build, run'))
          .option('smoke', {
            type: 'string',
            requiresArg: true,
            describe: 'your own check, for sh -c; it finds ports as HARDEN_PORT_<SERVICE>_<PORT>',
          })
          .option('fix', {
            type: 'boolean',
            describe: 'make the changes that mend what fails, and verify again',
          })
          .option('explain', {
            type: 'boolean',
            default: true,
            describe: 'look for the cause of what fails; --no-explain is faster',
          })
          .option('allow-host', {
            type: 'boolean',
            default: false,
            describe: "start services that use this machine's engine, network or processes too",
          })
          .option('timeout', {
            type: 'number',
            requiresArg: true,
            default: 120,
            describe: 'seconds that a project may take to be up',
          })
          .option('settle', {
            type: 'number',
            requiresArg: true,
            default: 3,
            describe: 'seconds that a service must stay up',
          })
          .option('build-arg', repeatedOption('build arguments, as NAME=value or NAME'))
          .option('secret', repeatedOption('build secrets, as docker build takes them'))
          .option('build-network', {
            type: 'string',
            requiresArg: true,
            describe: 'network of builds, as docker build --network takes it',
          })
          // Not --env-file: node takes that for its own, wherever it stands.
          .option('compose-env', repeatedOption('files of variables for Compose'))
          .option('strict', {
            type: 'boolean',
            default: false,
            describe: 'exit 1 when a check could not be made',
          })
          .option('output', {
            choices: ['text', 'json'] as const,
            default: 'text' as const,
            describe: 'what to print; json is a line for each result',
          })
          .option('systemd-version', SYSTEMD_VERSION_OPTION)
          .option('config', CONFIG_OPTION)
          .example('$0 verify', 'verify what stands in .hardened files, or what --write would write')
          .example('$0 verify --original HEAD', 'verify what --in-place changed')
          .example(
            "$0 verify --smoke 'curl -fs localhost:$HARDEN_PORT_WEB_80/login'",
            'with a check of your own',
          )
          .example('$0 verify --fix', 'mend what fails, and keep it for the next run')
          .epilogue(
            'Exit codes: 0 all holds, 1 a check failed, 2 a file could not be handled or the usage is wrong.',
          ),
      async (args) => {
        const { runVerify } = await import('./verify.js');
        exitCode = await runVerify({
          ...args,
          buildArg: args.buildArg ?? [],
          secret: args.secret ?? [],
          composeEnv: args.composeEnv ?? [],
        } as unknown as VerifyArguments);
      },
    )
    .command(
      'report [paths..]',
      'write a security assessment, a deployment guide, and one page for the browser',
      (command) =>
        command
          .positional('paths', { type: 'string', array: true, default: ['.'], describe: 'files or folders' })
          .option('out', {
            type: 'string',
            requiresArg: true,
            describe: 'the folder to write the reports to; by default the root of the files',
          })
          .option('only', listOption('transforms to run, by id, name or format'))
          .option('skip', listOption('transforms to leave out'))
          .option('format', listOption('formats to read: dockerfile, compose, systemd, quadlet, fly, render'))
          .option('force', {
            type: 'boolean',
            default: false,
            describe: 'replace a report that was edited',
          })
          .option('systemd-version', SYSTEMD_VERSION_OPTION)
          .option('config', CONFIG_OPTION)
          .example(
            '$0 report',
            'write SECURITY_ASSESSMENT_DOCKER.md, docs/deployment/hardening.md and harden-report.html',
          )
          .example('$0 report --out reports deploy', 'write them to reports/, about the files in deploy/')
          .epilogue('Exit codes: 0 written, 2 a file could not be handled or the usage is wrong.'),
      async (args) => {
        const { runReport } = await import('./report.js');
        exitCode = await runReport(args as unknown as ReportArguments);
      },
    )
    .command(
      'baseline [paths..]',
      'keep what is found today, so that --check fails on what is new only',
      (command) =>
        command
          .positional('paths', { type: 'string', array: true, default: ['.'], describe: 'files or folders' })
          .option('baseline', {
            type: 'string',
            requiresArg: true,
            describe: 'the file to write, in place of the harden.baseline.json that is found',
          })
          .option('phase', { choices: [1, 2, 3] as const, describe: 'how far to go; 2 by default' })
          .option('systemd-version', SYSTEMD_VERSION_OPTION)
          .option('config', CONFIG_OPTION)
          .example('$0 baseline', 'write harden.baseline.json; commit it')
          .example('$0 --check', 'fails from then on when a finding is not in it')
          .epilogue('Exit codes: 0 written, 2 a file could not be handled or the usage is wrong.'),
      async (args) => {
        const { runBaseline } = await import('./baseline.js');
        exitCode = await runBaseline(args as unknown as BaselineArguments);
      },
    )
    .command('list', 'list the transforms', {}, (args) => {
      exitCode = list(wantsColor(args.color as boolean | undefined));
    })
    .command(
      'explain <id> [image]',
      'say what a transform changes, why, and what it may break; or what is known of an image',
      (command) =>
        command
          .positional('id', {
            type: 'string',
            demandOption: true,
            describe: 'for example compose/drop-capabilities; or the word image',
          })
          .positional('image', { type: 'string', describe: 'an image reference, for example postgres:16' })
          .example('$0 explain compose/read-only-rootfs', 'read the policy of one transform')
          .example('$0 explain image postgres:16', 'read what the image needs, and where that is written'),
      ({ id, image, color }) => {
        const wanted = wantsColor(color as boolean | undefined);
        if (id !== 'image' && image !== undefined)
          throw new UsageError(`explain takes one id; ${image} is one word too many`);
        exitCode = id === 'image' ? explainImage(image, wanted) : explain(id, wanted);
      },
    )
    .option('color', {
      type: 'boolean',
      global: true,
      describe: 'colours; by default on a terminal without NO_COLOR',
    })
    .version(packageVersion())
    .alias('version', 'v')
    .help()
    .alias('help', 'h')
    .strict()
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .exitProcess(false)
    // Without an exception yargs would go on and run the command.
    .fail((message, error: unknown) => {
      // A check that fails gives its sentence as both.
      throw error instanceof Error && error.name !== 'YError' ? error : new UsageError(message);
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printError(`harden: ${explainUsage(error.message)}\nTry 'harden --help'.\n`);
    return EXIT_ERROR;
  }
  return exitCode;
}

const OPTIONS = [
  ...['dry-run', 'write', 'in-place', 'check', 'phase', 'only', 'skip', 'format', 'output', 'force', 'jobs'],
  'output-file',
  ...[
    'pin-digests',
    'refresh-digests',
    'overlay',
    'drop-in',
    'base',
    'systemd-version',
    ...['config', 'no-config', 'baseline', 'no-baseline'],
  ],
  ...[
    'original',
    'stage',
    'smoke',
    'fix',
    'explain',
    'allow-host',
    'timeout',
    'settle',
    'build-arg',
    'build-network',
    'secret',
  ],
  ...['compose-env', 'strict', 'out'],
  ...['color', 'no-color', 'help', 'version'],
];

/** What yargs says, in one line; for an unknown option with the one that was probably meant. */
function explainUsage(message: string): string {
  const unknown = /^Unknown arguments?: ([^,\s]+)/.exec(message)?.[1];
  if (unknown === undefined) return message.trim().replace(/\s*\n\s*/g, ' ');
  const option = unknown.length === 1 ? `-${unknown}` : `--${unknown}`;
  const meant = unknown.length === 1 ? undefined : near(unknown, OPTIONS);
  return `unknown option ${option}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`;
}
