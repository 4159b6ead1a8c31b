import { redact } from '../../core/redact.js';
import { failed, passed, skipped, type Check } from '../check.js';
import type { VerifyOptions } from '../options.js';
import { lastLines, type Outcome } from '../../io/process.js';
import type { Pair, WorkingCopy } from '../subject.js';
import { told } from '../told.js';
import { isMissing } from '../tools.js';
import { buildImage, findBuilder, type Builder, type BuildRequest } from './build.js';
import { createContentsReader } from './contents.js';
import { comparedFigures, figuresOf, type ImageFigures } from './figures.js';
import { lossesOf } from './losses.js';
import { createFindUses, type Use } from './uses.js';

const BUILT = 'it builds';
const KEPT = "its image has all that the original's has";

const MASK = '********';

/** Lines of a build's output that a check repeats. */
const LINES = 25;

/** Both images of a Dockerfile, in figures. */
export interface ImagePair {
  readonly original: ImageFigures;
  readonly hardened: ImageFigures;
}

/**
 * Builds both variants of each Dockerfile, and looks into the images without running them. The images are removed.
 * @param onFigures gets the figures as they are known.
 */
export async function* imageChecks(
  copy: WorkingCopy,
  options: VerifyOptions,
  onFigures?: (subject: string, images: ImagePair) => void,
): AsyncGenerator<Check> {
  const pairs = copy.pairs.filter(({ format }) => format === 'dockerfile');
  const builder = findBuilder(options.tools);
  const usesOf = createFindUses(copy, options);
  let number = 0;
  for (const pair of pairs) {
    if (isMissing(builder)) {
      yield skipped('build', pair.path, BUILT, builder.missing);
      continue;
    }
    for (const use of await usesOf(pair)) {
      if (options.signal.aborted) return;
      number += 1;
      const name = `${options.owner}-${number}`;
      const trial: Trial = { builder, pair, use, copy, options, name };
      yield* checkUse(trial, onFigures);
    }
  }
}

interface Trial {
  readonly builder: Builder;
  readonly pair: Pair;
  readonly use: Use;
  readonly copy: WorkingCopy;
  readonly options: VerifyOptions;
  /** Of the images, before the colon. */
  readonly name: string;
}

async function* checkUse(
  trial: Trial,
  onFigures: ((subject: string, images: ImagePair) => void) | undefined,
): AsyncGenerator<Check> {
  const { builder, pair, use, options, name } = trial;
  const { signal } = options;
  const subject = use.part === undefined ? pair.path : `${pair.path} (${use.part})`;
  const tags = [`${name}:original`, `${name}:hardened`] as const;
  try {
    const before = await buildImage(builder, use.original, tags[0], signal);
    if (signal.aborted) return;
    if (before.code !== 0) {
      const said = whatFailed(before, use.original, trial);
      yield skipped('build', subject, BUILT, `the original doesn't build here either: ${said}`);
      return;
    }
    const after = await buildImage(builder, use.hardened, tags[1], signal);
    if (signal.aborted) return;
    if (after.code !== 0) {
      // A base image that isn't here and can't be had says nothing of the file.
      const judge = lacksNetwork(after) ? skipped : failed;
      yield judge('build', subject, BUILT, whatFailed(after, use.hardened, trial));
      return;
    }
    yield passed('build', subject, BUILT, `with ${builder.name}`);
    const [original, hardened] = [await look(builder, tags[0], signal), await look(builder, tags[1], signal)];
    if (signal.aborted) return;
    if (original === undefined || hardened === undefined) {
      yield skipped('build', subject, KEPT, `${builder.name} doesn't say what is in the image`);
      return;
    }
    onFigures?.(subject, { original, hardened });
    const losses = lossesOf(pair, original, hardened);
    const figures = comparedFigures(original, hardened);
    yield losses.length === 0
      ? passed('build', subject, KEPT, figures)
      : failed('build', subject, KEPT, `${losses.join('; ')} (${figures})`);
  } finally {
    for (const tag of tags) await builder.remove(tag);
  }
}

/** The figures of an image; undefined when there is no such image. */
export async function look(
  builder: Builder,
  tag: string,
  signal: AbortSignal,
): Promise<ImageFigures | undefined> {
  const facts = await builder.inspect(tag, signal);
  if (facts === undefined) return undefined;
  const reader = createContentsReader();
  const { code } = await builder.files(tag, (bytes) => reader.push(bytes), signal);
  return figuresOf(facts, code === 0 ? reader.contents() : undefined);
}

const NO_NETWORK =
  /temporary failure (?:in name )?resolv|could(?: not|n't) resolve|EAI_AGAIN|ENOTFOUND|no such host|server misbehaving|name resolution|network is unreachable|dial tcp|i\/o timeout|failed to resolve source metadata|pull access denied|initializing source|pinging container registry/i;

function lacksNetwork({ stdout, stderr }: Outcome): boolean {
  return NO_NETWORK.test(lastLines(stderr, LINES)) || NO_NETWORK.test(lastLines(stdout, LINES));
}

/** The end of a build's output, without the values of secret arguments, and what it looks like. */
function whatFailed(outcome: Outcome, { args }: BuildRequest, { copy }: Trial): string {
  const text = outcome.stderr.trim() === '' ? outcome.stdout : outcome.stderr;
  const secrets = args.filter((arg) => redact(arg) !== arg).map((arg) => arg.slice(arg.indexOf('=') + 1));
  const masked = secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  const said = told(masked, copy, LINES);
  return lacksNetwork(outcome) ? `it seems to need the network: ${said}` : said;
}
