type Json = Readonly<Record<string, unknown>>;

/**
 * The paths of a description that are asked for, with what they refer to: prism reads it in a second then. The bodies of
 * requests take nothing that is not described: a forge ignores a misspelt field without a word, and so would prism.
 */
export function subsetOf(description: unknown, wanted: readonly RegExp[]): Json {
  const whole = description as Json & { readonly paths: Json };
  const paths = Object.fromEntries(
    Object.entries(whole.paths)
      // GitLab's own description has it in each path.
      .map(([path, operations]) => [path.replace(/^\/api\/v4(?=\/)/, ''), operations] as const)
      .filter(([path]) => wanted.some((pattern) => pattern.test(path))),
  );
  const kept = referredTo(paths, whole);
  const parts = Object.fromEntries(
    ['components', 'definitions', 'responses', 'parameters']
      .filter((name) => whole[name] !== undefined)
      .map((name) => [name, keep(whole[name], `#/${name}`, kept)]),
  );
  const { openapi, swagger, info, consumes, produces } = whole;
  const small = { openapi, swagger, info, consumes, produces, paths, ...parts };
  for (const schema of bodySchemas(paths, small)) schema.additionalProperties ??= false;
  // Where its server stands is no part of what is checked.
  return openapi === undefined ? small : { ...small, servers: [{ url: 'http://127.0.0.1' }] };
}

/** Every part that something refers to, directly or through another part. */
function referredTo(value: unknown, whole: Json): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { $ref } = part as { $ref?: unknown };
    if (typeof $ref === 'string' && !found.has($ref)) {
      found.add($ref);
      walk(partAt($ref, whole));
    }
    Object.values(part).forEach(walk);
  };
  walk(value);
  return found;
}

function partAt(reference: string, whole: Json): unknown {
  let part: unknown = whole;
  for (const name of reference.replace('#/', '').split('/')) {
    part = (part as Json | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return part;
}

/** The parts of a section that are referred to; sections of sections too, as `components` has them. */
function keep(section: unknown, at: string, kept: ReadonlySet<string>): Json {
  const inside = (path: string): boolean => [...kept].some((reference) => reference.startsWith(`${path}/`));
  return Object.fromEntries(
    Object.entries(section as Json).flatMap(([name, part]) => {
      const path = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (kept.has(path)) return [[name, part]];
      return inside(path) ? [[name, keep(part, path, kept)]] : [];
    }),
  );
}

/** The schemas of the bodies of requests, in either version of OpenAPI. */
function bodySchemas(paths: Json, whole: Json): readonly { additionalProperties?: unknown }[] {
  const resolved = (part: unknown): Json => {
    const { $ref } = (part ?? {}) as { $ref?: string };
    return ($ref === undefined ? (part ?? {}) : partAt($ref, whole)) as Json;
  };
  const schemas = Object.values(paths)
    .flatMap((path) => Object.values(path as Json))
    .flatMap((operation) => {
      const { requestBody, parameters } = operation as { requestBody?: unknown; parameters?: unknown };
      const contents = Object.values((resolved(requestBody).content ?? {}) as Json);
      const bodies = (Array.isArray(parameters) ? parameters : [])
        .map(resolved)
        .filter((parameter) => parameter.in === 'body');
      return [...contents, ...bodies].map((content) => resolved((content as Json).schema));
    });
  return schemas
    .flatMap((schema) => [schema, ...((schema.oneOf ?? schema.anyOf ?? []) as Json[]).map(resolved)])
    .filter(({ properties }) => properties !== undefined);
}
