import { createColors } from 'picocolors';
import { parseImageReference } from '../catalogue/catalogue.js';
import type { TransformOption } from '../core/options.js';
import type { TransformMeta } from '../core/types.js';
import { loadCatalogue } from '../io/catalogue.js';
import { imageText } from '../render/image.js';
import { printable } from '../render/text.js';
import { wrap } from '../render/wrap.js';
import type { Registry } from '../registry.js';
import { near } from '../core/near.js';
import { EXIT_ERROR, printError, type ExitCode } from './output.js';

/** `harden list`: a line for each policy. */
export function list({ policies, pluginOf }: Registry, color: boolean): ExitCode {
  const c = createColors(color);
  const width = Math.max(...policies.map(({ id }) => id.length));
  for (const meta of policies) {
    const severity = meta.severity.padEnd('critical'.length);
    const plugin = pluginOf(meta.id);
    const origin = plugin === undefined ? '' : c.dim(`  (${printable(plugin)})`);
    process.stdout.write(
      `${c.bold(meta.id.padEnd(width))}  phase ${meta.phase}  ${severity}  ${meta.title}${origin}\n`,
    );
  }
  return 0;
}

/** `harden explain image <reference>`: all that is known of an image, with its sources. */
export function explainImage(reference: string | undefined, color: boolean): ExitCode {
  const parsed = reference === undefined ? undefined : parseImageReference(reference);
  if (reference === undefined || parsed === undefined) {
    printError(`harden: explain image wants an image, for example 'harden explain image postgres:16'.\n`);
    return EXIT_ERROR;
  }
  const catalogue = loadCatalogue();
  const facts = catalogue.image(parsed);
  if (facts === undefined) {
    const names = catalogue.images.flatMap(({ match }) => match.map((name) => name.replace(/:.*$/, '')));
    const suggestion = near(parsed.repository, names);
    const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
    printError(
      `harden: ${parsed.repository} is not in the catalogue of ${catalogue.images.length} images and families.${hint}\n`,
    );
    return EXIT_ERROR;
  }
  process.stdout.write(
    imageText(reference, facts, { color, width: Math.min(110, process.stdout.columns ?? 110) }),
  );
  return 0;
}

/** `harden explain <id>`: the policy of one transform, or of those that have this name in several formats. */
export function explain(id: string, { policies, ids, pluginOf }: Registry, color: boolean): ExitCode {
  const found = policies.filter((meta) => meta.id === id || meta.id.endsWith(`/${id}`));
  if (found.length === 0) {
    const suggestion = near(id, ids);
    const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
    printError(`harden: there is no transform ${id}.${hint} 'harden list' shows them all.\n`);
    return EXIT_ERROR;
  }
  process.stdout.write(found.map((meta) => explanation(meta, pluginOf(meta.id), color)).join('\n'));
  return 0;
}

function optionText({ name, description, default: value }: TransformOption): string {
  return `${name}: ${description} (by default ${value})`;
}

function explanation(meta: TransformMeta, plugin: string | undefined, color: boolean): string {
  const c = createColors(color);
  const columns = Math.min(100, process.stdout.columns ?? 100);
  const rows: [string, readonly string[]][] = [
    ['phase', [meta.phase === 1 ? '1; where it is unsafe, 2' : String(meta.phase)]],
    ['severity', [meta.severity]],
    ['may break', [meta.mayBreak]],
    ['changes', [meta.touches.join(', ') || 'nothing: it reports']],
    ...(meta.options === undefined
      ? []
      : [['options', meta.options.map(optionText)] satisfies [string, readonly string[]]]),
    ['controls', [meta.controls.join(', ') || 'none']],
    ...(plugin === undefined ? [] : [['plugin', [printable(plugin)]] satisfies [string, readonly string[]]]),
    ['see', meta.references],
  ];
  const text = rows.flatMap(([label, values]) =>
    values
      .flatMap((value) => wrap(value, columns - 13))
      .map((line, at) => `  ${(at === 0 ? label : '').padEnd(9)}  ${line}\n`),
  );
  const description = wrap(meta.description, columns).join('\n');
  return `${c.bold(meta.id)}: ${meta.title}\n\n${description}\n\n${text.join('')}`;
}
