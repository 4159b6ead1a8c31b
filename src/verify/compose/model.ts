/**
 * A Compose project as `docker compose config --format json` says it: merged, interpolated, with defaults and absolute
 * paths. https://docs.docker.com/reference/cli/docker/compose/config/
 */
export interface ComposeModel {
  readonly name?: string;
  readonly services: Readonly<Record<string, ServiceModel>>;
  readonly networks?: Readonly<Record<string, NetworkModel | null>>;
  readonly volumes?: Readonly<Record<string, VolumeModel | null>>;
  readonly secrets?: Readonly<Record<string, Resource>>;
  readonly configs?: Readonly<Record<string, Resource>>;
}

export interface ServiceModel {
  readonly image?: string;
  readonly build?: BuildModel;
  readonly container_name?: string;
  readonly command?: readonly string[] | null;
  readonly entrypoint?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly PortModel[];
  readonly volumes?: readonly MountModel[];
  readonly tmpfs?: readonly string[];
  readonly networks?: Readonly<Record<string, AttachmentModel | null>>;
  readonly depends_on?: Readonly<Record<string, DependencyModel>>;
  readonly healthcheck?: HealthcheckModel;
  readonly logging?: { readonly driver?: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly network_mode?: string;
  readonly pid?: string;
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly user?: string;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly secrets?: readonly { readonly source: string }[];
  readonly configs?: readonly { readonly source: string }[];
  readonly pull_policy?: string;
  readonly [key: string]: unknown;
}

export interface BuildModel {
  readonly context?: string;
  readonly dockerfile?: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string | null>>;
  readonly secrets?: readonly { readonly source: string }[];
  readonly network?: string;
  readonly [key: string]: unknown;
}

export interface PortModel {
  readonly target: number;
  readonly published?: string;
  readonly host_ip?: string;
  readonly protocol?: string;
  readonly mode?: string;
}

export interface MountModel {
  readonly type: string;
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly [key: string]: unknown;
}

export interface NetworkModel {
  readonly name?: string;
  readonly external?: boolean;
  readonly driver?: string;
  readonly driver_opts?: Readonly<Record<string, string>>;
  readonly internal?: boolean;
  readonly ipam?: unknown;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export interface AttachmentModel {
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly [key: string]: unknown;
}

export interface DependencyModel {
  readonly condition?: string;
  readonly [key: string]: unknown;
}

export interface VolumeModel {
  readonly name?: string;
  readonly external?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** A secret or a config. */
export interface Resource {
  readonly file?: string;
  readonly environment?: string;
  readonly external?: boolean;
  readonly [key: string]: unknown;
}

export interface HealthcheckModel {
  readonly test?: readonly string[];
  /** Go's durations: `1m30s`. */
  readonly interval?: string;
  readonly retries?: number;
  readonly disable?: boolean;
  readonly [key: string]: unknown;
}

/** A copy without these keys. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !(keys as readonly string[]).includes(key)),
  ) as Omit<T, K>;
}

/** The same for each entry of a mapping; undefined stays undefined. */
export function mapValues<T, U>(
  values: Readonly<Record<string, T>> | undefined,
  change: (value: T, key: string) => U,
): Record<string, U> | undefined {
  if (values === undefined) return undefined;
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}
