import { mapValues, type ComposeModel, type Resource } from './model.js';

export interface BuildOptions {
  /** As `docker build --secret` takes them: `id=token,src=.token`, `id=token,env=TOKEN`. */
  readonly secrets: readonly string[];
  readonly network: string | undefined;
}

/** A project whose builds get what `docker compose build` has no options for: secrets, and a network. */
export function withBuildOptions(model: ComposeModel, { secrets, network }: BuildOptions): ComposeModel {
  const given = Object.fromEntries(secrets.flatMap(secretOf));
  const names = Object.keys(given);
  const services = mapValues(model.services, (service) => {
    if (service.build === undefined) return service;
    const own = (service.build.secrets ?? []).filter(({ source }) => !names.includes(source));
    const build = {
      ...service.build,
      ...(network === undefined ? {} : { network }),
      ...(names.length === 0 ? {} : { secrets: [...own, ...names.map((source) => ({ source }))] }),
    };
    return { ...service, build };
  })!;
  return { ...model, services, ...(names.length === 0 ? {} : { secrets: { ...model.secrets, ...given } }) };
}

/** https://docs.docker.com/reference/cli/docker/buildx/build/#secret */
function secretOf(text: string): readonly (readonly [string, Resource])[] {
  const parts = new Map(text.split(',').map((part) => part.split(/=(.*)/s, 2) as [string, string]));
  const id = parts.get('id');
  if (id === undefined) return [];
  const file = parts.get('src') ?? parts.get('source');
  return [[id, file === undefined ? { environment: parts.get('env') ?? id } : { file }]];
}
