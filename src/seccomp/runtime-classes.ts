import type { Cited } from '../catalogue/types.js';
import { lazy } from '../core/lazy.js';
import { seccompData } from './data.js';

/** data/parts.yml: calls that programs of many kinds make for one purpose. */
export interface PartSource {
  readonly name: string;
  readonly why: string;
  readonly source: string;
  readonly calls: string;
}

/** One file of classes/: what programs of a runtime call in any usual configuration. */
export interface RuntimeClassSource extends Cited {
  readonly name: string;
  readonly title: string;
  /** Names of programs, without their folder and a version behind them (`python3.12` is `python`). */
  readonly programs: readonly string[];
  /** Entries of the catalogue of images. */
  readonly images: readonly string[];
  /** Names of parts. */
  readonly parts: readonly string[];
  /** What it calls beyond its parts. */
  readonly calls: string;
}

export interface RuntimeClass {
  readonly name: string;
  readonly title: string;
  readonly calls: ReadonlySet<string>;
  readonly cites: RuntimeClassSource['cites'];
}

/** What is known of a workload; the program that runs counts before the image that it runs in. */
export interface RuntimeHint {
  /** First word of the command, with or without its folder. */
  readonly program?: string;
  /** Name of the image's entry in the catalogue. */
  readonly image?: string;
}

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** All classes. */
export const runtimeClasses = lazy<readonly RuntimeClass[]>(() => seccompData().classes.map(classOf));

/** The calls of a part. */
export function callsOfPart(name: string): readonly string[] {
  const found = seccompData().parts.find((part) => part.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return wordsOf(found.calls);
}

function classOf({ name, title, parts, calls, cites }: RuntimeClassSource): RuntimeClass {
  const named = parts.flatMap(callsOfPart);
  return { name, title, calls: new Set([...named, ...wordsOf(calls)]), cites };
}

/** The class of what runs; undefined where nothing is known of it. A known image's other program is not known. */
export function runtimeClass({ program, image }: RuntimeHint): RuntimeClass | undefined {
  const source = seccompData().classes.find((candidate) =>
    program === undefined
      ? image !== undefined && candidate.images.includes(image)
      : candidate.programs.includes(programName(program)),
  );
  return source && runtimeClasses().find(({ name }) => name === source.name);
}

function programName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.replace(/-?\d+(\.\d+)*$/, '') || file;
}
