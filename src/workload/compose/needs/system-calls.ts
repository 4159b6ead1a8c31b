import type { Capability } from '../../../catalogue/types.js';
import type { Evidence } from '../../../core/types.js';
import { capabilityCalls } from '../../../seccomp/capability-calls.js';
import { callsOfPart, runtimeClass, type RuntimeClass } from '../../../seccomp/runtime-classes.js';
import { because, citations, likely, unknown, type Need } from '../../model.js';
import { wordsOf, type RecordedNeeds } from '../../recorded.js';
import { programName } from '../../startup.js';
import type { Origin } from '../origin.js';
import { isRecord, strings } from '../plain.js';
import { citeField, type ServiceView } from '../project.js';

/** What a service asks of the kernel. */
export interface CallUse {
  readonly calls: readonly string[];
  /** From where that is known, as the end of `allows what `. */
  readonly source: string;
}

/**
 * The system calls that a service makes: what was recorded, else what programs of its kind make in any usual
 * configuration. Likely at best: a recording holds only what was exercised.
 * @param capabilities what it must be able to do, even where it did not have to while it was recorded: a tmpfs is root's,
 * where the image's own folder was its user's.
 * @param getsCheck harden knows a health check for it, which was not there to be recorded.
 */
export function systemCallsNeed(
  view: ServiceView,
  origin: Origin,
  recorded: RecordedNeeds | undefined,
  capabilities: readonly Capability[],
  getsCheck: boolean,
): Need<CallUse> {
  if (recorded !== undefined && recorded.systemCalls.length > 0) {
    const { evidence, systemCalls, wholeCalls } = recorded;
    const cited = [evidence, ...systemCalls.slice(0, 1).map((item) => item.evidence)];
    const check = unrecordedCheck(view, recorded);
    // The hardened image may have one that the recorded image had not.
    const checked = check !== undefined || getsCheck || origin.kind === 'built';
    const use = {
      calls: [
        ...wordsOf(systemCalls),
        ...capabilityCalls(capabilities),
        ...(checked ? callsOfPart('health-check') : []),
      ],
      source: `it was seen to call${checked ? ', and what health checks call' : ''}`,
    };
    if (!wholeCalls) return because(unknown(use, ...cited), 'its recording has gaps: make one without');
    return likely(use, ...cited, ...(check === undefined ? [] : [check]));
  }
  const found = classOf(view, origin);
  if (found === undefined) {
    const reason = 'which system calls it makes is not known: "harden learn" records them';
    return because(unknown({ calls: [], source: '' }, ...origin.evidence), reason);
  }
  const source = `programs of its kind call (${found.title})`;
  return likely(
    { calls: [...found.calls, ...capabilityCalls(capabilities)], source },
    ...evidenceOf(view, origin),
    ...citations(found.cites).slice(0, 2),
  );
}

/** The class of what the service starts; undefined unless all of it is of a known kind. */
export function classOf(view: ServiceView, origin: Origin): RuntimeClass | undefined {
  const words = ['entrypoint', 'command'].flatMap((key) => strings(view.last(key)?.value));
  const [own] = words;
  if (origin.kind === 'server') return runtimeClass({ image: origin.facts.name });
  if (origin.kind === 'built') {
    if (own !== undefined) return runtimeClass({ program: own });
    const classes = origin.build.startup.programs.map(({ name }) =>
      name === undefined ? undefined : runtimeClass({ program: name }),
    );
    const [first] = classes;
    return classes.every((one) => one !== undefined && one === first) ? first : undefined;
  }
  if (own !== undefined) return runtimeClass({ program: own });
  const { runtime } = origin;
  return runtime === undefined ? undefined : runtimeClass({ image: runtime.name });
}

function evidenceOf(view: ServiceView, origin: Origin): readonly Evidence[] {
  const said = ['entrypoint', 'command'].flatMap((key) => view.last(key) ?? []).map(citeField);
  return [...said, ...origin.evidence].slice(0, 3);
}

/** The line of a health check whose program was not seen to start. */
export function unrecordedCheck(view: ServiceView, { executes }: RecordedNeeds): Evidence | undefined {
  const field = view.last('healthcheck');
  if (field === undefined || !isRecord(field.value) || field.value.disable === 'true') return undefined;
  const [kind, first = '', ...rest] = strings(field.value.test);
  if (kind === undefined || kind === 'NONE') return undefined;
  const names = new Set(executes.map(({ value }) => programName(value)));
  const shell = kind === 'CMD-SHELL' || (kind !== 'CMD' && rest.length === 0);
  const words = (kind === 'CMD' || kind === 'CMD-SHELL' ? first : kind).trim().split(/\s+/);
  const program = programName(words[0] ?? '');
  if (names.has(program) || (shell && names.has('sh') && isBuiltIn(program))) return undefined;
  return citeField(field);
}

/** What a shell does itself. */
function isBuiltIn(word: string): boolean {
  return /^(?:\[|test|echo|printf|exit|true|false|:|kill|read|cd)$/.test(word);
}
