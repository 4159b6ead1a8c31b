import type { OptionReader } from '../../src/core/options.js';
import type { Edits } from '../../src/core/text.js';
import type {
  Certainty,
  Evidence,
  Finding,
  FixFinding,
  ManualFinding,
  SemanticPath,
  Transform,
  TransformMeta,
} from '../../src/core/types.js';
import type { ComposeDocument, ComposeService } from '../../src/formats/compose/document.js';
import { addKey, appendToSequence } from '../../src/formats/compose/edit.js';
import { addListFrom } from '../../src/formats/compose/section.js';
import type { Field } from '../../src/workload/compose/project.js';
import type { ServiceWorkload } from '../../src/workload/compose/service.js';
import type { ComposeContext } from '../../src/workload/context.js';
import { shareChanges, type Judged } from './share.js';

export type ComposeTransform = Transform<ComposeDocument, ComposeContext>;

/** A service that the document declares, with what it needs. */
export interface DeclaredService {
  readonly document: ComposeDocument;
  readonly service: ComposeService;
  readonly workload: ServiceWorkload;
}

/**
 * Makes a transform of a policy for one service. The policy sees each service once, in the file that declares
 * it: an override file only adds to what the base file says.
 */
export function forEachService(
  meta: TransformMeta,
  policy: (
    declared: DeclaredService,
    context: ComposeContext,
    option: OptionReader,
  ) => Finding | readonly Finding[] | undefined,
): ComposeTransform {
  return {
    meta,
    run: (document, context, option) => {
      const judge = (declared: DeclaredService): readonly Finding[] => {
        const outcome =
          policy(declared, context, (asked, name = declared.service.name) => option(asked, name)) ?? [];
        return 'subject' in outcome ? [outcome] : outcome;
      };
      const judged = document.services.flatMap((service): readonly Judged[] => {
        const workload = context.workload(service.name);
        if (workload?.view.declaredIn !== document || service.map === undefined) return [];
        const declared = { document, service, workload };
        return [{ declared, findings: judge(declared) }];
      });
      const findings = shareChanges(document, judged, judge);
      return findings.filter((finding) => !inheritsFix(finding, findings, context));
    },
  };
}

/** The same for services that run as their project describes them: what another file completes is left to that file. */
export function forEachWholeService(
  meta: TransformMeta,
  policy: Parameters<typeof forEachService>[1],
): ComposeTransform {
  return forEachService(meta, (declared, context, option) =>
    isCompletedElsewhere(declared.workload) ? undefined : policy(declared, context, option),
  );
}

/** A service that extends one which is fixed gets the change from there; lists would even be doubled on merge. */
function inheritsFix(finding: Finding, findings: readonly Finding[], context: ComposeContext): boolean {
  const [section, name = ''] = finding.subject;
  const base = section === 'services' ? context.workload(name)?.view.extendsService : undefined;
  return (
    'edits' in finding &&
    base !== undefined &&
    findings.some((other) => 'edits' in other && fixedParts(other).some((part) => part[1] === base))
  );
}

function fixedParts({ subject, sharedBy }: FixFinding): readonly SemanticPath[] {
  return sharedBy ?? [subject];
}

interface Outcome {
  readonly message: string;
  readonly evidence: readonly Evidence[];
}

/** Why the service can't be changed here, whatever it needs: what it extends is unread, or changed there. */
function viewReason({ view }: ServiceWorkload): string | undefined {
  if (view.missing !== undefined) return view.missing;
  const { extendsFile } = view;
  // Lists are appended on merge, and Compose refuses one that names an option twice.
  return extendsFile !== undefined && view.project.hardens(extendsFile)
    ? `it extends a service of ${extendsFile}, which is hardened there`
    : undefined;
}

/** The finding for an edit: a fix, or the refusal with its reason and the text to add by hand. */
export function proposal(
  { service, workload }: DeclaredService,
  certainty: Certainty,
  outcome: Outcome & { readonly change: string; readonly unknownReason: string },
  edit: () => Edits,
): FixFinding | ManualFinding {
  const { message, evidence, change, unknownReason } = outcome;
  const base = { subject: ['services', service.name], range: service.keyRange, message, evidence };
  const reason = viewReason(workload) ?? (certainty === 'unknown' ? unknownReason : undefined);
  if (reason !== undefined) return { ...base, safety: 'manual', reason, suggestion: change };
  const made = edit();
  if (!made.ok) return { ...base, safety: 'manual', reason: made.reason, suggestion: change };
  return { ...base, safety: certainty === 'known' ? 'safe' : 'unsafe', change, edits: made.edits };
}

export function manual(
  { service }: DeclaredService,
  outcome: Outcome & { readonly reason: string; readonly suggestion?: string },
): ManualFinding {
  return { subject: ['services', service.name], range: service.keyRange, safety: 'manual', ...outcome };
}

export function accepted(
  { service }: DeclaredService,
  outcome: Outcome & { readonly reason: string },
): Finding {
  return { subject: ['services', service.name], range: service.keyRange, safety: 'accepted', ...outcome };
}

/** True for a field that stands in the mapping to be edited. */
export function isWrittenIn({ document, service }: DeclaredService, field: Field): boolean {
  return field.document === document && field.map === service.map && service.locked === undefined;
}

/** The one place that gives a key; a refusal where it isn't the service's own mapping in this file. */
export function ownField(
  declared: DeclaredService,
  key: string,
  concerns: (field: Field) => boolean = () => true,
): { readonly ok: true; readonly field: Field } | { readonly ok: false; readonly reason: string } {
  const fields = declared.workload.view.fields(key).filter(concerns);
  const [field] = fields;
  if (field === undefined || !isWrittenIn(declared, field)) {
    return { ok: false, reason: `its ${key} comes from an anchor or another service or file` };
  }
  return fields.length > 1 ? { ok: false, reason: `several places set its ${key}` } : { ok: true, field };
}

/** True for a key that only the service which this one extends gives: it is reported there. */
export function isInherited({ workload: { view } }: DeclaredService, key: string): boolean {
  return view.extendsService !== undefined && view.fields(key).every(({ extended }) => extended);
}

/**
 * Adds items to a list of the service: to the list that its mapping writes, else as a new one. A list that
 * comes through a merge key would be replaced by a new one of the same name, so that is refused.
 */
export function addToList(declared: DeclaredService, key: string, items: readonly string[]): Edits {
  const { document, service, workload } = declared;
  const field = workload.view.fields(key).findLast((candidate) => candidate.document === document);
  if (field === undefined || field.value === null) {
    return field === undefined
      ? addKey(document, service, key, items)
      : { ok: false, reason: `its ${key} is there without a value` };
  }
  if (!isWrittenIn(declared, field) || field.node === undefined) {
    return { ok: false, reason: `its ${key} comes from an anchor or another service` };
  }
  if (typeof field.value === 'string') return { ok: false, reason: `its ${key} is not written as a list` };
  return appendToSequence(document, service, field.node, items);
}

/** Adds an option to `security_opt`: what several changes add to a service without one makes one list. */
export function addSecurityOption(declared: DeclaredService, option: string): Edits {
  const { document, service, workload } = declared;
  const present = workload.view.fields('security_opt').some((field) => field.document === document);
  return present || service.map?.flow === true
    ? addToList(declared, 'security_opt', [option])
    : addListFrom(document, service, 'security_opt', [], [option]);
}

/**
 * True for a service that another file completes: without an image and a build it runs nothing. What that file says
 * of a single value would be overruled from here, and Compose appends lists and refuses one that holds an option twice.
 */
function isCompletedElsewhere({ view }: ServiceWorkload): boolean {
  return view.missing === undefined && view.last('image') === undefined && view.last('build') === undefined;
}
