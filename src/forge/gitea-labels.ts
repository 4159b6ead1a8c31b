import { done, then } from './answer.js';
import { allPages, type Api } from './api.js';
import { listIn, numberAt, objectIn, textAt } from './read.js';
import type { Answer } from './types.js';

const PAGE = 50;

/** GitHub's colour for a label that nobody chose one for. */
const COLOUR = '#ededed';

interface Label {
  readonly id: number;
  readonly name: string;
}

/** The numbers of labels, of the repository or its organisation: a server before 1.21 knows them by nothing else. */
export async function ensureLabels(
  api: Api,
  root: string,
  owner: string,
  names: readonly string[],
): Promise<Answer<readonly number[]>> {
  const own = await labelsAt(api, `${root}/labels`);
  if (!own.ok) return own;
  const ids: number[] = [];
  let shared: readonly Label[] | undefined;
  for (const name of names) {
    let label = named(own.value, name);
    if (label === undefined) {
      shared ??= await sharedLabels(api, owner);
      label = named(shared, name);
    }
    if (label === undefined) {
      const made = await create(api, root, name);
      if (!made.ok) return made;
      label = made.value;
    }
    ids.push(label.id);
  }
  return done(ids);
}

/** A user is no organisation: then there are none. */
async function sharedLabels(api: Api, owner: string): Promise<readonly Label[]> {
  const found = await labelsAt(api, `/orgs/${encodeURIComponent(owner)}/labels`);
  return found.ok ? found.value : [];
}

function labelsAt(api: Api, path: string): Promise<Answer<readonly Label[]>> {
  return allPages((page) =>
    api({ method: 'GET', path, query: { limit: PAGE, page }, what: 'list the labels' }, (json, headers) => ({
      items: listIn(json).map(labelOf),
      headers,
    })),
  );
}

function create(api: Api, root: string, name: string): Promise<Answer<Label>> {
  const body = { name, color: COLOUR };
  return then(
    api({ method: 'POST', path: `${root}/labels`, body, what: `create the label ${name}` }, labelOf),
    done,
  );
}

function labelOf(json: unknown): Label {
  const label = objectIn(json);
  return { id: numberAt(label, 'id'), name: textAt(label, 'name') };
}

function named(labels: readonly Label[], name: string): Label | undefined {
  return labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
}
