import { forbidsNewPrivileges } from '../compose/plain.js';
import { wordsOf } from '../../formats/systemd/exec.js';
import { parseBoolean, type UnitDocument, type UnitEntry } from '../../formats/systemd/document.js';
import type { Plain } from '../compose/plain.js';
import { podmanOptions, type PodmanOption } from './podman-args.js';

/** A setting of a container in the words of a Compose service, with the assignment that makes it. */
export interface Setting {
  readonly key: string;
  readonly value: Plain;
  readonly entry: UnitEntry;
}

/** Keys of [Container] that make a list of the same meaning as Compose's, an item for each assignment. */
const LISTS: Readonly<Record<string, string>> = {
  PublishPort: 'ports',
  Tmpfs: 'tmpfs',
  Volume: 'volumes',
};

/** Keys of which one value can hold several words. */
const WORDS: Readonly<Record<string, string>> = {
  AddCapability: 'cap_add',
  DropCapability: 'cap_drop',
  Environment: 'environment',
  EnvironmentFile: 'env_file',
  Label: 'labels',
};

/** Keys with one value, of which the last assignment holds. */
const SCALARS: Readonly<Record<string, string>> = {
  ContainerName: 'container_name',
  HostName: 'hostname',
  Image: 'image',
  Memory: 'mem_limit',
  PidsLimit: 'pids_limit',
  UserNS: 'userns_mode',
};

const SWITCHES: Readonly<Record<string, string>> = { ReadOnly: 'read_only', RunInit: 'init' };

/** Options of `podman run` by the key of [Container] that does the same. */
const OPTIONS: Readonly<Record<string, string>> = {
  'cap-add': 'AddCapability',
  'cap-drop': 'DropCapability',
  device: 'AddDevice',
  env: 'Environment',
  'env-file': 'EnvironmentFile',
  mount: 'Mount',
  network: 'Network',
  'pids-limit': 'PidsLimit',
  publish: 'PublishPort',
  'read-only': 'ReadOnly',
  tmpfs: 'Tmpfs',
  user: 'User',
  userns: 'UserNS',
  volume: 'Volume',
};

/**
 * What the [Container] section says, in Compose's words:
 * https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html#container-units-container
 */
export function settingsOf(unit: UnitDocument): readonly Setting[] {
  const keys = [
    ...new Set(unit.entries.filter(({ section }) => section === 'Container').map(({ key }) => key)),
  ];
  const entries = keys.flatMap((key) => unit.assignments('Container', key));
  return [
    ...entries.flatMap((entry) => [...settings(entry, entry.key, entry.value)]),
    ...startOf(unit),
    ...userOf(unit),
  ];
}

function* settings(entry: UnitEntry, key: string, value: string): Generator<Setting> {
  const setting = (name: string, content: Plain): Setting => ({ key: name, value: content, entry });
  const text = withVariables(value);
  const list = LISTS[key];
  if (list !== undefined) yield setting(list, [text]);
  const words = WORDS[key];
  if (words !== undefined) yield setting(words, wordsOf(text));
  const scalar = SCALARS[key];
  if (scalar !== undefined) yield setting(scalar, text);
  const flag = SWITCHES[key];
  if (flag !== undefined) yield setting(flag, String(parseBoolean(value) ?? value));
  switch (key) {
    case 'AddDevice':
      yield setting('devices', [text.replace(/^-/, '')]);
      break;
    case 'Mount':
      yield setting('volumes', [mountRecord(text)]);
      break;
    case 'Network':
      yield setting(...networkSetting(text));
      break;
    case 'HealthCmd':
      yield setting('healthcheck', { test: text });
      break;
    case 'Secret': {
      // The value comes from Podman: only the variable's name is known, as of one that is passed through.
      const [name = '', ...options] = text.split(',');
      const target = options.find((option) => option.startsWith('target='))?.slice('target='.length);
      if (options.includes('type=env')) yield setting('environment', [target ?? name]);
      break;
    }
    case 'PodmanArgs':
      for (const option of podmanOptions(wordsOf(text))) yield* ofOption(entry, option);
      break;
    default: {
      const option = securityOption(key, value);
      if (option !== undefined) yield setting('security_opt', [option]);
    }
  }
}

function* ofOption(entry: UnitEntry, { name, value }: PodmanOption): Generator<Setting> {
  const key = OPTIONS[name];
  const setting = (as: string, content: Plain): Setting => ({ key: as, value: content, entry });
  if (name === 'user') yield setting('user', value ?? '');
  else if (key !== undefined) yield* settings(entry, key, value ?? 'true');
  else if (name === 'privileged') yield setting('privileged', String(parseBoolean(value ?? 'true') ?? true));
  else if (name === 'security-opt') yield setting('security_opt', [securityWord(value ?? '')]);
  else if (['pid', 'ipc', 'uts', 'cgroupns'].includes(name)) {
    yield setting(name === 'cgroupns' ? 'cgroup' : name, value ?? '');
  }
}

/** Podman's options of confinement in Docker's words. */
function securityWord(option: string): string {
  if (forbidsNewPrivileges(option)) return 'no-new-privileges:true';
  return /^unmask=(?:all|\/\*)$/i.test(option) ? 'systempaths=unconfined' : option;
}

function securityOption(key: string, value: string): string | undefined {
  const on = parseBoolean(value) === true;
  switch (key) {
    case 'NoNewPrivileges':
      return on ? 'no-new-privileges:true' : 'no-new-privileges:false';
    case 'SecurityLabelDisable':
      return on ? 'label:disable' : undefined;
    case 'SeccompProfile':
      return `seccomp=${value}`;
    case 'AppArmor':
      return `apparmor=${value}`;
    case 'Unmask':
      return securityWord(`unmask=${value}`);
    default:
      return undefined;
  }
}

/** What another container's network, or the host's, stands for in Compose; any other is one network of several. */
function networkSetting(text: string): readonly [key: string, value: Plain] {
  const [mode = ''] = text.split(/[:,]/, 1);
  if (mode === 'host' || mode === 'none') return ['network_mode', mode];
  if (text.endsWith('.container') || mode === 'container' || mode === 'ns') return ['network_mode', text];
  return ['networks', [text]];
}

/** `type=bind,source=/a,target=/b,ro`: https://docs.podman.io/en/latest/markdown/podman-run.1.html#mount-type-type-type-specific-option */
function mountRecord(text: string): Plain {
  const options = text.split(',').map((option): [string, string] => {
    const equals = option.indexOf('=');
    return equals === -1 ? [option, 'true'] : [option.slice(0, equals), option.slice(equals + 1)];
  });
  const of = (...names: readonly string[]): string | undefined =>
    options.find(([name]) => names.includes(name))?.[1];
  const source = of('source', 'src');
  const readOnly = parseBoolean(of('readonly', 'ro', 'read-only') ?? 'false') === true;
  return {
    type: of('type') ?? 'volume',
    target: of('target', 'destination', 'dst') ?? '',
    ...(source === undefined ? {} : { source }),
    read_only: String(readOnly || of('type') === 'image'),
  };
}

/** Exec= gives words behind the entrypoint; Entrypoint= is one program, or a JSON list of its words. */
function startOf(unit: UnitDocument): readonly Setting[] {
  const exec = unit.last('Container', 'Exec');
  const entrypoint = unit.entries.findLast(
    ({ section, key }) => section === 'Container' && key === 'Entrypoint',
  );
  return [
    ...(entrypoint === undefined
      ? []
      : [{ key: 'entrypoint', value: entrypointWords(withVariables(entrypoint.value)), entry: entrypoint }]),
    ...(exec === undefined
      ? []
      : [{ key: 'command', value: wordsOf(withVariables(exec.value)), entry: exec }]),
  ];
}

function entrypointWords(value: string): readonly string[] {
  if (value === '') return [];
  try {
    const words: unknown = JSON.parse(value);
    if (Array.isArray(words)) return words.map(String);
  } catch {
    // Not JSON: the name of a program.
  }
  return [value];
}

/** Both keys make one option, and a mapping of the user's own number makes that the container's user. */
function userOf(unit: UnitDocument): readonly Setting[] {
  const user = unit.last('Container', 'User');
  const group = unit.last('Container', 'Group');
  if (user !== undefined) {
    const value = group === undefined ? user.value : `${user.value}:${group.value}`;
    return [{ key: 'user', value: withVariables(value), entry: user }];
  }
  const namespace = unit.last('Container', 'UserNS');
  if (namespace === undefined || !/^keep-id(?:$|:)/.test(namespace.value)) return [];
  const uid = /[:,]uid=(\d+)/.exec(namespace.value)?.[1];
  const gid = /[:,]gid=(\d+)/.exec(namespace.value)?.[1];
  const name = uid === undefined ? 'keep-id' : gid === undefined ? uid : `${uid}:${gid}`;
  return [{ key: 'user', value: name, entry: namespace }];
}

/** Folders that systemd's specifiers stand for; of others only the manager knows the value, as of a variable. */
const SPECIFIERS: Readonly<Record<string, string>> = { '%': '%', h: '~', t: '${XDG_RUNTIME_DIR}' };

/** Writes the specifiers of a value as Compose would: https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Specifiers */
function withVariables(value: string): string {
  return value.replace(
    /%([a-zA-Z%])/g,
    (_, letter: string) => SPECIFIERS[letter] ?? `\${specifier_${letter}}`,
  );
}
