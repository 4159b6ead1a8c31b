import type { Evidence } from '../../core/types.js';
import { environmentOf, isRecord, strings } from './plain.js';
import { citeField, type ServiceView } from './project.js';

/** An option or variable that makes the process listen on every address. */
export interface WideBind {
  readonly text: string;
  readonly evidence: Evidence;
}

const ANY = String.raw`(?:https?:\/\/|tcp:\/\/)?(?:0\.0\.0\.0|\[?::\]?)(?::\d+)?\/?`;
const OPTION = new RegExp(
  String.raw`(?:^|\s)(--?(?:[\w.-]*[.-])?(?:b|bind|host|hostname|listen|ip|addr|address)(?:[.-](?:addr|address|host|ip))?[=\s]["']?(?:${ANY}|lan))["']?(?=$|\s)`,
  'i',
);
const NAME = /(?:^|_)(?:BIND|HOST|HOSTNAME|LISTEN|ADDR|ADDRESS)(?:_(?:ADDR|ADDRESS|HOST|IP))?$/i;
const VALUE = new RegExp(`^${ANY}$`);

/**
 * The first bind to every address that the service's command, entrypoint or environment names; the variables of
 * `.env` are filled in.
 */
export function wideBind(view: ServiceView): WideBind | undefined {
  const fill = (text: string): string => view.project.interpolate(text).text;
  for (const key of ['command', 'entrypoint']) {
    for (const field of view.fields(key)) {
      const found = OPTION.exec(strings(field.value).map(fill).join(' '))?.[1];
      if (found !== undefined) return { text: found, evidence: citeField(field) };
    }
  }
  for (const field of view.fields('environment')) {
    if (!isRecord(field.value) && !Array.isArray(field.value)) continue;
    const found = Object.entries(environmentOf(field.value)).find(
      ([name, value]) => NAME.test(name) && value !== null && VALUE.test(fill(value)),
    );
    if (found !== undefined) return { text: `${found[0]}=${fill(found[1]!)}`, evidence: citeField(field) };
  }
  return undefined;
}
