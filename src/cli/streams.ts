import { resolve } from 'node:path';
import { openReport, type ReportFile } from '../io/report-file.js';
import type { Output, Piece } from '../render/output.js';
import type { Totals } from '../render/totals.js';
import { print } from './output.js';
import type { Report } from './reporter.js';
import type { ReportTarget } from './settings.js';

/** The outputs of a run on their way: to standard output, and to files. */
export interface Streams {
  begin(): Promise<void>;
  take(report: Report): Promise<void>;
  /** @returns a sentence for each file that could not be written. */
  end(totals: Totals): Promise<readonly string[]>;
}

/** @param files of the outputs but the first, in their order. */
export function createStreams(outputs: readonly Output[], files: readonly NamedReport[]): Streams {
  const streams = outputs.map((output, at) => createStream(output, writerTo(files[at - 1]?.file)));
  return {
    begin: async () => {
      for (const stream of streams) await stream.begin();
    },
    take: async ({ pieces }) => {
      for (const [at, stream] of streams.entries()) await stream.take(pieces[at] ?? []);
    },
    end: async (totals) => {
      for (const stream of streams) await stream.end(totals);
      return files.flatMap(({ path, file }) => {
        const outcome = file.finish();
        return outcome.ok ? [] : [`${path} ${outcome.reason}.`];
      });
    },
  };
}

/** A report, with the path that it was given by. */
export interface NamedReport {
  readonly path: string;
  readonly file: ReportFile;
}

/**
 * Opens the files of a run's reports, or says why one can't be.
 * @param sources absolute paths that harden reads: none of them is a report.
 */
export function openReports(
  targets: readonly ReportTarget[],
  sources: ReadonlySet<string>,
): readonly NamedReport[] | string {
  const opened: NamedReport[] = [];
  for (const { path } of targets) {
    const report = openReport(resolve(path));
    if (!report.ok) return `--output-file: ${path} ${report.reason}.`;
    if (sources.has(report.file.target))
      return `--output-file: ${path} is one of the files that harden reads.`;
    opened.push({ path, file: report.file });
  }
  return opened;
}

type Write = (text: string) => Promise<void>;

function writerTo(file: ReportFile | undefined): Write {
  return file === undefined ? print : async (text) => file.write(text);
}

interface Stream {
  begin(): Promise<void>;
  take(pieces: readonly Piece[]): Promise<void>;
  end(totals: Totals): Promise<void>;
}

/** Writes pieces as they come, with the separator between them; those that are held back come with the foot. */
function createStream(output: Output, write: Write): Stream {
  const held: Piece[] = [];
  let first = true;
  return {
    begin: () => write(output.head()),
    take: async (pieces) => {
      for (const piece of pieces) {
        if (piece.rank !== undefined) held.push(piece);
        else {
          await write(first ? piece.text : output.separator + piece.text);
          first = false;
        }
      }
    },
    end: (totals) => {
      held.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
      return write(output.foot(totals, held));
    },
  };
}
