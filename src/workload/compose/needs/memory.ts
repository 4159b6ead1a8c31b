import type { Evidence } from '../../../core/types.js';
import { MEBIBYTES, memoryBoundsIn } from '../../memory-settings.js';
import { because, likely, unknown, type Need } from '../../model.js';
import { isRecord, strings, type Plain } from '../plain.js';
import { citeField, citeWithin, type ServiceView } from '../project.js';
import { settings, type Setting } from './settings.js';

/** An upper bound for the memory of a service, in MiB, from what its own file says of its use. */
export function memoryNeed(view: ServiceView): Need<number> {
  const reserved = reservation(view);
  const found = settings(view).flatMap(limitsIn);
  const own = found.reduce((sum, { mebibytes }) => sum + mebibytes, 0);
  const value = Math.ceil(Math.max(own, reserved?.mebibytes ?? 0));
  if (value === 0) return because(unknown(0), 'nothing says how much it needs');
  return likely(value, ...(reserved?.evidence ?? []), ...found.flatMap(({ evidence }) => evidence));
}

interface Bound {
  readonly mebibytes: number;
  readonly evidence: readonly Evidence[];
}

/** Several settings of one kind may be those of several processes, so that they add up. */
function limitsIn({ text, evidence }: Setting): Bound[] {
  return memoryBoundsIn(text).map(({ mebibytes, source }) => ({ mebibytes, evidence: [evidence, source] }));
}

/** What is reserved is what it is expected to use; peaks get as much again. */
function reservation(view: ServiceView): Bound | undefined {
  const plain = view.last('mem_reservation');
  const deploy = view.last('deploy');
  const amount = (value: Plain | undefined): number | undefined =>
    bytes(view.project.interpolate(strings(value)[0] ?? '').text);
  const own = amount(plain?.value);
  if (plain !== undefined && own !== undefined) {
    return { mebibytes: 2 * own, evidence: [citeField(plain)] };
  }
  const reserved = isRecord(deploy?.value) ? amount(reservedMemory(deploy.value)) : undefined;
  if (deploy === undefined || reserved === undefined) return undefined;
  const evidence = citeWithin(deploy, 'resources', 'reservations', 'memory');
  return { mebibytes: 2 * reserved, evidence: [evidence] };
}

function reservedMemory(deploy: Readonly<Record<string, Plain>>): Plain | undefined {
  const { resources } = deploy;
  const reservations = isRecord(resources) ? resources.reservations : undefined;
  return isRecord(reservations) ? reservations.memory : undefined;
}

/** https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values */
function bytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * MEBIBYTES[(match[2] || 'b').toLowerCase()]!;
}
