/** A cell of a table: one line, whose text is no markup. */
export function cell(text: string): string {
  return escape(text).replace(/\|/g, '\\|');
}

/** Text as it stands, in one line, whatever Markdown would make of it. */
export function escape(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*_[\]<]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`));
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

export function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
