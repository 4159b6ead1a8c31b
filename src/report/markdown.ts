/** A cell of a table: one line, whose text is no markup. */
export function cell(text: string): string {
  return escape(text).replace(/\|/g, '\\|');
}

/**
 * Text as it stands, in one line, whatever Markdown would make of it. An underscore between letters marks nothing up:
 * https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis
 */
export function escape(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*[\]<]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, (character) =>
      character === '<' ? '&lt;' : `\\${character}`,
    );
}

/** A sentence that was written with code spans: they stay, and all else in it is text as it stands. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, at) => (at % 2 === 1 ? code(part.slice(1, -1)) : escape(part)))
    .join('');
}

/** The same in a cell of a table. */
export function proseCell(text: string): string {
  return prose(text).replace(/\|/g, '\\|');
}

/** A code span, with as many backticks as its text asks for: https://spec.commonmark.org/0.31.2/#code-spans */
export function code(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' ');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A code span in a cell of a table, where a bar ends the cell even in code. */
export function codeCell(text: string): string {
  return code(text).replace(/\|/g, '\\|');
}

/** A block of code: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
export function fence(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const bar = '`'.repeat(longest + 1);
  return `${bar}${language}\n${text.replace(/\n$/, '')}\n${bar}`;
}

/** A table whose cells are Markdown already. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The blocks of a document, with a blank line between them; those that are empty or undefined are left out. */
export function blocks(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item.replace(/\n/g, '\n  ')}`).join('\n');
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** For the middle of a sentence; an abbreviation or a keyword stays. */
export function lower(text: string): string {
  return /^[A-Z][A-Z]/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}
