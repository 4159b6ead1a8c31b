import { isFix } from '../../src/core/fixes.js';
import type { Evidence, Finding, FixFinding } from '../../src/core/types.js';
import type { ComposeDocument, ComposeService } from '../../src/formats/compose/document.js';
import { fragmentsOf, type Fragment } from '../../src/formats/compose/fragments.js';
import type { Field } from '../../src/workload/compose/project.js';
import type { ComposeContext } from '../../src/workload/context.js';
import type { DeclaredService } from './service.js';

/** A service with what a policy says of it. */
export interface Judged {
  readonly declared: DeclaredService;
  readonly findings: readonly Finding[];
}

/**
 * The findings of a document, where a change that all users of an anchored mapping get alike is made there once: the
 * smallest diff, and the only one where services are aliases or merged into others.
 * @param judge the policy that made the findings.
 */
export function shareChanges(
  document: ComposeDocument,
  judged: readonly Judged[],
  judge: (declared: DeclaredService) => readonly Finding[],
): readonly Finding[] {
  const fragments = fragmentsOf(document);
  if (fragments.length === 0) return judged.flatMap(({ findings }) => findings);
  const open = new Map(judged.map((item): [ComposeService, Judged] => [item.declared.service, item]));
  const shared = new Map<ComposeService, FixFinding>();
  for (const fragment of fragments) {
    const [first] = fragment.users;
    const users = fragment.users.flatMap((user) => open.get(user) ?? []);
    if (first === undefined || users.length < fragment.users.length || !isWorthwhile(users)) continue;
    const change = commonChange(fragment, users, judge);
    if (change === undefined) continue;
    shared.set(first, change);
    for (const user of fragment.users) open.delete(user);
  }
  return judged.flatMap(
    ({ declared: { service } }) => shared.get(service) ?? open.get(service)?.findings ?? [],
  );
}

/**
 * A service that others merge, as one that may be edited, where it alone has what its mapping writes under a key: the
 * others give the key themselves.
 */
export function unlockedFor(
  document: ComposeDocument,
  service: ComposeService,
  key: string,
  field: Field,
  context: ComposeContext,
): ComposeService {
  const fragment = fragmentsOf(document).find(({ map }) => map === service.map);
  if (service.locked === undefined || fragment === undefined || field.map !== service.map) return service;
  const others = fragment.users.filter(
    (user) =>
      user !== service &&
      context
        .workload(user.name)
        ?.view.fields(key)
        .some(({ node }) => node === field.node) !== false,
  );
  return others.length === 0 ? { ...service, locked: undefined } : service;
}

/** One service is changed in its own mapping, unless it has none. */
function isWorthwhile(users: readonly Judged[]): boolean {
  const [only] = users;
  const needed = users.length > 1 || only?.declared.service.locked !== undefined;
  // What extends another service gets its changes from there.
  return (
    needed &&
    users.every(
      ({ declared: { workload }, findings }) =>
        findings.length === 1 &&
        workload.view.extendsService === undefined &&
        workload.view.extendsFile === undefined,
    )
  );
}

/** The change that each user would get in the fragment; undefined when they are not the same. */
function commonChange(
  fragment: Fragment,
  users: readonly Judged[],
  judge: (declared: DeclaredService) => readonly Finding[],
): FixFinding | undefined {
  const changes: FixFinding[] = [];
  for (const { declared } of users) {
    const service = { ...declared.service, map: fragment.map, locked: undefined };
    const [change, ...more] = judge({ ...declared, service });
    if (change === undefined || !isFix(change) || more.length > 0) return undefined;
    if (changes[0] !== undefined && !isSame(changes[0], change)) return undefined;
    changes.push(change);
  }
  const [change] = changes;
  return change === undefined
    ? undefined
    : {
        ...change,
        subject: fragment.path,
        sharedBy: fragment.users.map(({ name }) => ['services', name]),
        range: fragment.keyRange,
        evidence: unique(changes.flatMap(({ evidence }) => evidence)),
      };
}

function isSame(a: FixFinding, b: FixFinding): boolean {
  return (
    a.safety === b.safety && a.change === b.change && JSON.stringify(a.edits) === JSON.stringify(b.edits)
  );
}

function unique(evidence: readonly Evidence[]): readonly Evidence[] {
  return [...new Map(evidence.map((item) => [JSON.stringify(item), item])).values()];
}
