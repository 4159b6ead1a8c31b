import { createHash } from 'node:crypto';
import { packageInfo, packageVersion } from '../io/package.js';
import type { Mode, Output, OutputName } from '../render/output.js';
import type { TransformMeta } from '../core/types.js';
import type { Registry } from '../registry.js';
import type { HardenArguments, Settings } from './settings.js';

/** The outputs of a run: the one for standard output, then those for files. Only what they need is loaded. */
export function createOutputs(
  { args, color, width, reports }: Settings,
  { policies }: Registry,
): Promise<readonly Output[]> {
  const given = {
    mode: modeOf(args),
    policies,
    selective: args.since !== undefined || args.changed === true,
  };
  return Promise.all([
    createOutput(args.output, { ...given, color, width }),
    ...reports.map(({ output }) => createOutput(output, { ...given, color: false, width: FILE_WIDTH })),
  ]);
}

const FILE_WIDTH = 100;

/** What the run does with the files. */
export function modeOf({ inPlace, write, check }: HardenArguments): Mode {
  if (inPlace === true) return 'in-place';
  if (write === true) return 'write';
  return check === true ? 'check' : 'preview';
}

interface OutputOptions {
  readonly mode: Mode;
  readonly color: boolean;
  readonly width: number;
  readonly policies: readonly TransformMeta[];
  /** Only what has changed is looked at. */
  readonly selective: boolean;
}

async function createOutput(
  name: OutputName,
  { mode, color, width, policies, selective }: OutputOptions,
): Promise<Output> {
  switch (name) {
    case 'text':
      return (await import('../render/text-output.js')).createTextOutput(
        { color, width, selective },
        mode,
        digest,
      );
    case 'patch':
      return (await import('../render/patch.js')).createPatchOutput();
    case 'json':
      return (await import('../render/json.js')).createJsonOutput(packageVersion(), policies);
    case 'sarif':
      return (await import('../render/sarif.js')).createSarifOutput({ ...packageInfo(), digest, policies });
    case 'github':
      return (await import('../render/github.js')).createGithubOutput(digest);
    case 'gitlab':
      return (await import('../render/gitlab.js')).createGitlabOutput(digest);
    case 'junit':
      return (await import('../render/junit.js')).createJunitOutput(digest);
    case 'markdown':
      return (await import('../render/markdown.js')).createMarkdownOutput(digest);
  }
}

/** Long enough to tell issues apart, short enough to read. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
