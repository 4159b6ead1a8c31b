import { entryJson, entryOf } from '../config/entry.js';
import { recordOverride } from '../config/record.js';
import { pathInConfig } from '../config/place.js';
import type { ConfigFile } from '../io/config.js';
import { writeConfig, writeInPlace, writeMended } from '../io/write.js';
import type { Diagnosis, Mend } from '../verify/diagnosis.js';
import type { Pair } from '../verify/subject.js';

export interface MendOptions {
  /** Real path of the user's tree. */
  readonly root: string;
  readonly pairs: readonly Pair[];
  readonly config: ConfigFile;
  /** The day on which it was found, for the reason that the config keeps. */
  readonly day: string;
  /** Tells of a variant that was mended in the tree. */
  readonly take: (pair: Pair, text: string) => void;
}

/** What became of one file's mends. */
export interface MendOutcome {
  readonly path: string;
  readonly says: string;
  readonly error: string | undefined;
}

interface Found {
  readonly diagnosis: Diagnosis;
  readonly mend: Mend;
}

/** Writes what mends the faults: into the variants that stand in the tree, and into the config for the next run. */
export function mendFaults(diagnoses: readonly Diagnosis[], options: MendOptions): readonly MendOutcome[] {
  const found = diagnoses.flatMap((diagnosis): Found[] =>
    diagnosis.mend === undefined ? [] : [{ diagnosis, mend: diagnosis.mend }],
  );
  const recorded = record(found, options);
  return [...new Set(found.map(({ mend }) => mend.path))].flatMap((path): MendOutcome[] => {
    const pair = options.pairs.find((one) => one.path === path);
    if (pair === undefined) return [];
    const mends = found.flatMap(({ mend }) => (mend.path === path ? [mend] : []));
    const says = mends.map((mend) => mend.says).join('; ');
    const inConfig = mends.some(({ override }) => override !== undefined);
    if (pair.from === 'plan') {
      const error = inConfig ? recorded : 'no override can say it';
      return [{ path: options.config.path, says, error }];
    }
    return [{ path: pair.hardenedPath, says, error: writeMends(mends, pair, options) ?? recorded }];
  });
}

/** What can't be joined with another mend waits for the next round. */
function writeMends(mends: readonly Mend[], pair: Pair, { root, take }: MendOptions): string | undefined {
  const { path, hardenedPath, hardened } = pair;
  let [text, refusal]: [string, string | undefined] = [hardened, undefined];
  for (const mend of mends) {
    const mended = mend.apply(text);
    if (mended.ok) ({ text } = mended);
    else refusal ??= mended.reason;
  }
  if (text === hardened) return refusal ?? 'it says so already';
  const outcome =
    pair.from === 'in-place'
      ? writeInPlace(root, path, hardened, text)
      : writeMended(root, hardenedPath, path, hardened, text);
  if (!outcome.ok) return outcome.reason;
  take(pair, text);
  return undefined;
}

/** Adds the overrides to the project's config; returns why that can't be done. */
function record(found: readonly Found[], { config, root, day }: MendOptions): string | undefined {
  let { text } = config;
  for (const { diagnosis, mend } of found) {
    if (mend.override === undefined) continue;
    const file = pathInConfig(config.place, mend.path);
    if (file === undefined) return `${config.path} is not above ${mend.path}`;
    if (!config.editable) {
      const { override } = mend;
      return `harden does not edit ${config.path}: add ${entryJson(entryOf({ file, ...override }))} to its overrides`;
    }
    const [symptom = ''] = diagnosis.symptom.split('\n');
    const reason = `${symptom} (harden verify, ${day})`;
    const recorded = recordOverride(text, { file, ...mend.override, reason });
    if (!recorded.ok) return `${config.path}: ${recorded.reason}`;
    ({ text } = recorded);
  }
  if (text === undefined || text === config.text) return undefined;
  const written = writeConfig(root, config, text);
  return written.ok ? undefined : `${config.path}: ${written.reason}`;
}
