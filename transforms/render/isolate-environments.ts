import { isMap, isScalar, type YAMLMap } from 'yaml';
import { cite } from '../../src/core/evidence.js';
import type { Evidence, Finding } from '../../src/core/types.js';
import { fieldOf, type BlueprintDocument, type Environment } from '../../src/formats/render-yaml/document.js';
import { addNested } from '../../src/formats/render-yaml/edit.js';
import { referencesTo } from '../../src/workload/render/references.js';
import type { ResourceView } from '../../src/workload/render/resource.js';
import { blueprintField, type RenderTransform } from './resource.js';

const CHANGE = 'networking.isolation: enabled';

export const isolateEnvironments: RenderTransform = {
  meta: {
    id: 'render/isolate-environments',
    title: 'Keep environments out of reach of each other',
    description:
      'Services of one region reach each other over the private network, also from another environment of the workspace: whoever breaks into staging stands before the databases of production. With networking.isolation private traffic into and out of the environment is blocked. It is proposed for a Blueprint of several environments where no service names a resource of another one.',
    severity: 'medium',
    phase: 3,
    mayBreak:
      'Services that reach another environment of the workspace over the private network no longer do. It takes a workspace of the Pro plan or higher.',
    touches: ['projects.*.environments.*.networking'],
    controls: ['NIST-800-190-4.3.3'],
    references: [
      blueprintField('networkingisolation'),
      'https://render.com/docs/projects#blocking-cross-environment-traffic',
    ],
  },
  run: (document, { resources }) =>
    document.environments.length < 2
      ? []
      : document.environments.flatMap((environment) => decide(document, environment, resources)),
};

function decide(
  document: BlueprintDocument,
  environment: Environment,
  resources: readonly ResourceView[],
): readonly Finding[] {
  const { yaml } = document;
  const networking = fieldOf(environment.map, 'networking', yaml);
  const node = isMap(networking) ? fieldOf(networking as YAMLMap, 'isolation', yaml) : undefined;
  const isolation = isScalar(node) ? String(node.value) : undefined;
  if (isolation === 'enabled') return [];
  const base = {
    subject: environment.path,
    range: environment.range,
    message: 'services of other environments reach it over the private network',
    evidence: [cite(document, environment.range.start)],
  };
  if (isolation !== undefined) {
    const evidence = [cite(document, node?.range?.[0] ?? 0)];
    return [{ ...base, evidence, safety: 'accepted', reason: 'its isolation is turned off on purpose' }];
  }
  const crossing = crosses(environment, resources);
  if (crossing !== undefined) {
    const reason = 'a service names a resource of another environment, which it would no longer reach';
    return [
      { ...base, evidence: [...base.evidence, crossing], safety: 'manual', reason, suggestion: CHANGE },
    ];
  }
  const edit = addNested(document, environment, 'networking', 'isolation', 'enabled');
  return edit.ok
    ? [{ ...base, safety: 'unsafe', change: CHANGE, edits: edit.edits }]
    : [{ ...base, safety: 'manual', reason: edit.reason, suggestion: CHANGE }];
}

/** A place where a service names a resource on the other side of the environment's border. */
function crosses(environment: Environment, resources: readonly ResourceView[]): Evidence | undefined {
  const inside = ({ resource }: ResourceView): boolean =>
    resource.environment?.path.join() === environment.path.join();
  for (const target of resources.filter(({ resource }) => resource.section !== 'envVarGroups')) {
    const found = referencesTo(target, resources).find(({ user }) => inside(user) !== inside(target));
    if (found !== undefined) return found.evidence;
  }
  return undefined;
}
