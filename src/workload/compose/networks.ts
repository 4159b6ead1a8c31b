import { isMap, isScalar, type YAMLMap } from 'yaml';
import { ownPair } from '../../formats/compose/document.js';
import { isRecord, toPlain, type Plain } from './plain.js';
import type { ComposeProject, ServiceView } from './project.js';

/** The network of a service that names none: https://docs.docker.com/compose/how-tos/networking/ */
export const DEFAULT_NETWORK = 'default';

/** What a project says of its networks at the top of its files, by their names. */
export function declaredNetworks({ documents }: ComposeProject): ReadonlyMap<string, Plain> {
  return new Map(
    documents.flatMap(({ yamls }) =>
      yamls.flatMap((yaml) => {
        const { contents } = yaml;
        const networks = isMap(contents) ? ownPair(contents as YAMLMap, 'networks')?.value : undefined;
        if (!isMap(networks)) return [];
        return networks.items.flatMap(({ key, value }): [string, Plain][] =>
          isScalar(key) ? [[String(key.value), toPlain(value, yaml)]] : [],
        );
      }),
    ),
  );
}

/** A name for a network that the project doesn't use yet. */
export function freeNetworkName(project: ComposeProject, ...names: readonly string[]): string | undefined {
  const taken = declaredNetworks(project);
  return names.find((name) => !taken.has(name));
}

/** The networks that a service joins; undefined for one that has another's, the host's or none. */
export function networksOf(view: ServiceView): readonly string[] | undefined {
  if (view.fields('network_mode').length > 0) return undefined;
  const fields = view.fields('networks').filter(({ value }) => value !== null);
  if (fields.length === 0) return [DEFAULT_NETWORK];
  return fields.flatMap(({ value }) => (isRecord(value) ? Object.keys(value) : listed(value)));
}

function listed(value: Plain): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** Whether a network has a way out, and who decides of it: https://docs.docker.com/reference/compose-file/networks/ */
export function reachOf(settings: Plain | undefined): 'closed' | 'open' | 'shared' {
  if (!isRecord(settings)) return 'open';
  if (settings.external !== undefined && settings.external !== 'false') return 'shared';
  return settings.internal === 'true' ? 'closed' : 'open';
}
