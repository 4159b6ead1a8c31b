import { resolve } from 'node:path';
import { entryJson, entryOf } from '../config/entry.js';
import { pathInConfig } from '../config/place.js';
import { offLine, recordOff } from '../config/record-off.js';
import { recordOverride, type Recorded } from '../config/record.js';
import type { Override } from '../config/types.js';
import { savingsOf, type Saving } from '../interactive/choices.js';
import { readConfig, type ConfigFile } from '../io/config.js';
import { writeConfig } from '../io/write.js';
import type { Registry } from '../registry.js';
import { plural } from '../render/text.js';
import type { Interruption } from './converse.js';
import { realPlace } from './locate.js';
import { print } from './output.js';
import type { Session } from './session.js';

/** One that is to be saved, with why. */
interface Wanted {
  readonly saving: Saving;
  readonly reason: string;
}

const KEYS = [
  { key: 'y', does: 'save this' },
  { key: 'n', does: 'do not' },
  { key: 'a', does: 'save this and all that are left, for one reason' },
  { key: 'd', does: 'save neither this nor any that is left' },
  { key: '?', does: 'print this help' },
];

/**
 * Offers to save what was skipped to the config, so that it is not asked about again.
 * @param all false where some changes were not asked about: nothing is turned off for the whole project then.
 */
export async function saveChoices(session: Session, all: boolean): Promise<Interruption | undefined> {
  const { choices, rules, settings, text } = session;
  const { args } = settings;
  if (args.config === false || !choices.some(({ answer }) => answer === 'skipped')) return undefined;
  const search = args.config === undefined ? {} : { file: realPlace(resolve(args.config)) };
  const read = await readConfig(settings.root, search);
  if (!read.ok) {
    await print(text.problem(`What was skipped can't be saved: ${read.reasons.join('; ')}`));
    return undefined;
  }
  const { file } = read;
  const isSkipped = (id: string): boolean => rules.get(id)?.kind === 'skipped';
  const { mixed, savings } = savingsOf(choices, {
    rules: new Set([...rules.keys()].filter(isSkipped)),
    isWhole: all && isWholeProject(session),
    named: (path) => pathInConfig(file.place, path),
  });
  for (const { id, path } of mixed) {
    const what = `${id} in ${path} was made in one place and skipped in another, which the config can't tell apart`;
    await print(
      text.remark(`${what}: put "# harden-ignore: ${id} -- reason" above what is to stay as it is.`),
    );
  }
  if (savings.length === 0) return undefined;
  await print(text.remark(`${file.path} can leave out from now on what was skipped:`));
  const wanted = await choose(session, savings);
  if ('kind' in wanted) return wanted;
  if (wanted.length > 0) await save(session, file, wanted);
  return undefined;
}

/** True where no part of the project's files was left out. */
function isWholeProject({ settings }: Session): boolean {
  const { format, paths } = settings.args;
  const whole = paths.every((path) => realPlace(resolve(path)) === settings.root);
  return whole && format === undefined && settings.selected === undefined;
}

/** Asks which to save, and why. */
async function choose(
  session: Session,
  savings: readonly Saving[],
): Promise<readonly Wanted[] | Interruption> {
  const { terminal, text } = session;
  const wanted: Wanted[] = [];
  for (let at = 0; at < savings.length;) {
    const saving = savings[at]!;
    const place = `(${at + 1}/${savings.length})`;
    const reply = await terminal.key(text.prompt(place, `Save ${nameOf(saving)}`, KEYS));
    if (reply.kind === 'interrupted') return reply;
    const key = reply.kind === 'end' ? 'd' : reply.text.trim();
    switch (key) {
      case 'y':
      case 'a': {
        const many = key === 'a' ? savings.slice(at) : [saving];
        const why = await terminal.line('Why (stands in the config; empty for the date alone): ');
        if (why.kind === 'interrupted') return why;
        const said = why.kind === 'text' ? why.text.trim() : '';
        const reason = said === '' ? `skipped in harden --interactive on ${today()}` : said;
        wanted.push(...many.map((one) => ({ saving: one, reason })));
        at += many.length;
        break;
      }
      case 'n':
        at += 1;
        break;
      case 'd':
        return wanted;
      case '':
        break;
      default:
        await print(
          key === '?'
            ? text.help(KEYS)
            : text.problem(`${JSON.stringify(key)} does nothing here; ? lists the keys.`),
        );
    }
  }
  return wanted;
}

/** `compose/limit-pids: skip for web, db of docker-compose.yml` */
function nameOf(saving: Saving): string {
  if (saving.kind === 'off') return `${saving.id}: off for the whole project`;
  const services = saving.overrides.flatMap(({ service }) => (service === undefined ? [] : [service]));
  return `${saving.id}: skip for ${services.length === 0 ? '' : `${services.join(', ')} of `}${saving.path}`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Writes all into the config at once; what can't be written is given as text to paste. */
async function save(session: Session, file: ConfigFile, wanted: readonly Wanted[]): Promise<void> {
  const { registry, settings, text } = session;
  let { text: config } = file;
  const left: { readonly wanted: Wanted; readonly why: string }[] = [];
  for (const one of wanted) {
    const recorded: Recorded = file.editable
      ? record(config, one, registry)
      : { ok: false, reason: 'harden does not edit it' };
    if (recorded.ok) config = recorded.text;
    else left.push({ wanted: one, why: recorded.reason });
  }
  if (config !== undefined && config !== file.text) {
    const written = writeConfig(settings.root, file, config);
    const saved = wanted.length - left.length;
    if (written.ok) {
      const note = `${saved} ${plural(saved, 'choice')} saved`;
      await print(text.written(file.path, { path: file.path, changed: true, error: undefined }, note));
    } else {
      const all = wanted.filter((one) => !left.some((other) => other.wanted === one));
      left.push(...all.map((one) => ({ wanted: one, why: written.reason })));
    }
  }
  if (left.length === 0) return;
  const reasons = [...new Set(left.map(({ why }) => why))].join('; ');
  await print(text.problem(`To be added to ${file.path} by hand, as ${reasons}:`));
  await print(left.map((one) => pasteText(one.wanted)).join(''));
}

function record(config: string | undefined, { reason, saving }: Wanted, { policies }: Registry): Recorded {
  if (saving.kind === 'off') return recordOff(config, saving.id, reason, policies);
  let text = config;
  for (const override of saving.overrides) {
    const recorded = recordOverride(text, { ...override, reason });
    if (!recorded.ok) return recorded;
    ({ text } = recorded);
  }
  return { ok: true, text: text ?? '' };
}

function pasteText({ reason, saving }: Wanted): string {
  if (saving.kind === 'off') return `transforms:\n  ${offLine(saving.id, reason)}\n`;
  const line = (override: Override): string => `  - ${entryJson(entryOf({ ...override, reason }))}\n`;
  return `overrides:\n${saving.overrides.map(line).join('')}`;
}
