/** Bytes; longer ones are cut: strace's own limit for what it prints of an argument is far below. */
const MAX_LINE = 65_536;

const LINE_FEED = 10;
const NOTHING: Buffer = Buffer.alloc(0);

export interface LinesRead {
  readonly lines: number;
  /** The last one ends without a line feed: what wrote it was cut off. */
  readonly unended: boolean;
  readonly cut: number;
}

/**
 * Hands the lines of a stream over one by one, in memory that does not grow with it. Bytes that are no UTF-8 become
 * U+FFFD. Each line is a text of its own: a part of a larger one would keep all of that in memory, as long as something
 * of the line is kept.
 * @param take false ends the reading.
 */
export async function readLines(
  stream: AsyncIterable<Buffer>,
  take: (line: string, cut: boolean) => boolean,
): Promise<LinesRead> {
  /** The beginning of a line whose end has not come yet, up to the longest that is kept. */
  let rest = NOTHING;
  let overlong = false;
  let lines = 0;
  let cut = 0;
  const emit = (bytes: Buffer): boolean => {
    const isCut = overlong || bytes.length > MAX_LINE;
    overlong = false;
    lines += 1;
    if (isCut) cut += 1;
    const text = bytes.toString('utf8', 0, MAX_LINE);
    return take(text.endsWith('\r') ? text.slice(0, -1) : text, isCut);
  };
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      // What is behind the longest line is not looked at, so it need not be joined either.
      const line =
        rest.length === 0
          ? chunk.subarray(start, end)
          : Buffer.concat([rest, chunk.subarray(start, Math.min(end, start + MAX_LINE + 1))]);
      start = end + 1;
      rest = NOTHING;
      if (!emit(line)) return { lines, unended: false, cut };
    }
    const left = chunk.subarray(start);
    overlong ||= rest.length + left.length > MAX_LINE;
    rest = Buffer.concat([rest, left.subarray(0, MAX_LINE - rest.length)]);
  }
  const unended = rest.length > 0;
  if (unended) emit(rest);
  return { lines, unended, cut };
}
