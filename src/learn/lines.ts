import { StringDecoder } from 'node:string_decoder';

/** Longer ones are cut: strace's own limit for what it prints of an argument is far below. */
const MAX_LINE = 65_536;

export interface LinesRead {
  readonly lines: number;
  /** The last one ends without a line feed: what wrote it was cut off. */
  readonly unended: boolean;
  readonly cut: number;
}

/**
 * Hands the lines of a stream over one by one, in memory that does not grow with it. Bytes that are no UTF-8 become
 * U+FFFD.
 * @param take false ends the reading.
 */
export async function readLines(
  stream: AsyncIterable<Buffer>,
  take: (line: string, cut: boolean) => boolean,
): Promise<LinesRead> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let lines = 0;
  let cut = 0;
  let overlong = false;
  const emit = (text: string, isCut: boolean): boolean => {
    lines += 1;
    if (isCut) cut += 1;
    return take(text.endsWith('\r') ? text.slice(0, -1) : text, isCut);
  };
  for await (const chunk of stream) {
    const text = decoder.write(chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const piece = text.slice(start, end);
      start = end + 1;
      const line = rest + piece;
      const isCut = overlong || line.length > MAX_LINE;
      rest = '';
      overlong = false;
      if (!emit(isCut ? line.slice(0, MAX_LINE) : line, isCut)) return { lines, unended: false, cut };
    }
    rest += text.slice(start);
    if (rest.length > MAX_LINE) {
      overlong = true;
      rest = rest.slice(0, MAX_LINE);
    }
  }
  const last = rest + decoder.end();
  if (last !== '') emit(last, overlong);
  return { lines, unended: last !== '', cut };
}
