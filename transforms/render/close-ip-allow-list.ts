import { citeSource } from '../../src/core/evidence.js';
import { refused, type Edits } from '../../src/core/text.js';
import type { Evidence } from '../../src/core/types.js';
import { Words } from '../../src/formats/compose/edit.js';
import { addField, emptyList, removeFromList } from '../../src/formats/render-yaml/edit.js';
import { isRecord, type Plain } from '../../src/workload/compose/plain.js';
import { externalAddress, privateReach, referencesTo } from '../../src/workload/render/references.js';
import {
  citeResource,
  isDataStore,
  isKeyValue,
  type ResourceView,
} from '../../src/workload/render/resource.js';
import { blueprintField, forEachResource, proposal } from './resource.js';

const ACCESS = blueprintField('data-access-control');
const EVERYWHERE = /^(?:0\.0\.0\.0|::|0:0:0:0:0:0:0:0)\/0$/;

export const closeIpAllowList = forEachResource(
  {
    id: 'render/close-ip-allow-list',
    title: 'Close data stores to the internet',
    description:
      'A Postgres database without ipAllowList takes connections from every address that has its password, and so does any data store whose list has 0.0.0.0/0. Services of the same region reach it over the private network, which the list is not about: an empty list leaves them as they are and closes the door to the internet. That is done where the services that use the store are known from the Blueprint and reach it privately. Who else connects from outside (a console on a laptop, a CI job, a reporting tool) no file tells, so that it needs a look.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'What connects from outside Render is shut out: list its address in ipAllowList, with a description.',
    touches: ['services.*.ipAllowList', 'databases.*.ipAllowList'],
    controls: ['NIST-800-190-4.4.2'],
    references: [
      ACCESS,
      'https://render.com/docs/postgresql-creating-connecting#restricting-external-access',
      'https://render.com/docs/key-value#enabling-external-connections',
      'https://render.com/docs/private-network',
    ],
  },
  (view, { resources }) => {
    if (!isDataStore(view)) return undefined;
    const list = view.fields.ipAllowList;
    const open = openEntries(list);
    if (list !== undefined && list !== null && open.length === 0) return undefined;
    const outside = externalAddress(resources);
    const reach = privateReach(view, referencesTo(view, resources));
    const evidence: Evidence[] = [
      citeResource(view, 'ipAllowList'),
      ...reach.evidence,
      ...(outside === undefined ? [] : [outside]),
      citeSource(ACCESS, message(view, list).rule),
    ];
    const obstacle =
      outside === undefined
        ? reach.obstacle
        : 'a variable names the address that a data store has for the internet';
    const keeps = Array.isArray(list) && open.length < list.length;
    return proposal(
      view,
      {
        message: message(view, list).text,
        evidence,
        change: keeps ? 'ipAllowList without the ranges that are open to all' : 'ipAllowList: []',
        obstacle,
      },
      () => (keeps ? removeFromList(view.document, view.resource, 'ipAllowList', open) : close(view, list)),
    );
  },
);

/** The entries of a list that let everybody in. */
function openEntries(list: Plain | undefined): readonly number[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Plain, index) =>
    isRecord(item) && typeof item.source === 'string' && EVERYWHERE.test(item.source) ? [index] : [],
  );
}

function message({ resource }: ResourceView, list: Plain | undefined): { text: string; rule: string } {
  if (list !== undefined && list !== null) {
    return {
      text: 'its ipAllowList lets every address connect',
      rule: '0.0.0.0/0 allows all external connections',
    };
  }
  return isKeyValue(resource)
    ? {
        text: 'it has no ipAllowList, which Render requires of a Key Value instance',
        rule: 'the ipAllowList field is required for Key Value instances',
      }
    : {
        text: 'it takes connections from every address: it has no ipAllowList',
        rule: 'without the field, any source with valid credentials can access the database',
      };
}

function close({ document, resource }: ResourceView, list: Plain | undefined): Edits {
  if (list === undefined) return addField(document, resource, 'ipAllowList', new Words([]));
  if (list === null) return refused('its ipAllowList has no value');
  return emptyList(document, resource, 'ipAllowList');
}
