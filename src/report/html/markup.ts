import { printable } from '../../render/text.js';

/** HTML that was made by `markup`, so that every text in it is escaped. */
export interface Markup {
  readonly html: string;
}

export type Content = Markup | string | number | undefined | readonly Content[];

/**
 * HTML with values in it: text is escaped, markup stays, lists are joined, undefined is nothing. Attributes have to stand in
 * double quotes.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let html = strings[0] ?? '';
  for (let at = 0; at < values.length; at += 1) html += htmlOf(values[at]) + (strings[at + 1] ?? '');
  return { html };
}

/** Takes a text into the page as it is: for this package's own style and script. */
export function trusted(html: string): Markup {
  return { html };
}

/**
 * What a fold holds. On a large page it is text to a browser that runs scripts, which makes elements of it when the fold is opened:
 * all of them at once would take seconds. https://html.spec.whatwg.org/#the-noscript-element
 */
export function folded(large: boolean, content: Content): Markup {
  return large ? markup`<noscript>${content}</noscript>` : markup`${content}`;
}

/** Marks what a fold holds inside of text that is elements later: one `noscript` can't hold another. No text has such a mark. */
export function held(content: Content): Markup {
  return markup`<!--fold-->${content}<!--/fold-->`;
}

/** A sentence that was written with code spans in backticks. */
export function prose(text: string): Markup {
  return markup`${text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? markup`<code>${part}</code>` : part))}`;
}

/** A boolean attribute. */
export function flag(name: 'checked' | 'open', on: boolean): Markup | undefined {
  return on ? trusted(` ${name}`) : undefined;
}

/** A text that a script copies: its line endings stay, which the parser of HTML would make one kind of. */
export function verbatim(text: string): Markup {
  return { html: escape(text).replaceAll('\r', '&#13;') };
}

function htmlOf(value: Content): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escape(printable(value));
  if (typeof value === 'number') return String(value);
  return isList(value) ? value.map(htmlOf).join('') : value.html;
}

function isList(value: Markup | readonly Content[]): value is readonly Content[] {
  return Array.isArray(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
