import { boundingSet } from '../workload/compose/needs/capabilities.js';
import { unrecordedCheck } from '../workload/compose/needs/system-calls.js';
import { isRecord, strings } from '../workload/compose/plain.js';
import type { ServiceView } from '../workload/compose/project.js';
import type { ServiceWorkload } from '../workload/compose/service.js';
import { wordsOf, type RecordedNeeds } from '../workload/recorded.js';
import { containerProfileName } from './container-name.js';
import type { SocketUse } from './network.js';
import { outermost, placeOf, resolved } from './places.js';
import type { ProfileNeeds } from './profile.js';
import { socketsOf } from './unit.js';

/** A check asks a server of its own container, over TCP or by a socket that is a file. */
const CHECK_SOCKETS: readonly SocketUse[] = [
  { family: 'AF_INET', kinds: ['stream'] },
  { family: 'AF_INET6', kinds: ['stream'] },
  { family: 'AF_UNIX', kinds: undefined },
];

/**
 * What the profile of a service's container allows: what a recording shows, what its mounts are for, the capabilities that
 * it keeps, and its health check. Paths are those in the container.
 */
export function containerProfileNeeds(
  workload: ServiceWorkload,
  recorded: RecordedNeeds,
  mode: ProfileNeeds['mode'],
): ProfileNeeds {
  const { view, mounts, origin, healthProbe } = workload;
  const calls = wordsOf(recorded.systemCalls);
  const started = startOf(view);
  const check = view.last('healthcheck')?.value;
  const tests = [
    ...(isRecord(check) ? [check.test] : []),
    ...(healthProbe === undefined ? [] : [healthProbe.value.test]),
  ];
  const tested = tests.flatMap((test) => programsOfCheck(strings(test), typeof test === 'string'));
  // The hardened image may have one that the recorded image had not.
  const checks =
    healthProbe !== undefined || origin.kind === 'built' || unrecordedCheck(view, recorded) !== undefined;
  const named = [...started, ...tested, ...(origin.kind === 'built' ? IMAGE_CHECKS : [])];
  const endpoints = wordsOf(recorded.connects);
  return {
    name: containerProfileName(view),
    about: `What ${view.name} of ${view.declaredIn.path} needs, as harden saw it work.`,
    kind: 'container',
    mode,
    executables: named.filter((name) => name.startsWith('/')),
    execs: wordsOf(recorded.executes),
    programs: [...new Set(named.filter((name) => !name.includes('/')))],
    reads: [],
    writes: outermost(wordsOf(recorded.writes).map(placeOf).map(resolved)),
    volumes: mounts.filter(({ readOnly }) => !readOnly).map(({ target }) => target),
    peers: endpoints.flatMap((peer) => /^unix (\/.*)$/.exec(peer)?.[1] ?? []),
    devices: [...wordsOf(recorded.devices), ...devicesOf(view)],
    capabilities: boundingSet(view),
    sockets: [...socketsOf(recorded), ...(checks ? CHECK_SOCKETS : [])],
    resolves: checks || endpoints.some((peer) => /^(?:tcp|udp) /.test(peer)),
    mounts: calls.some((call) => /^umount2?$/.test(call)),
    traces: calls.includes('ptrace'),
  };
}

/** What the engine's init starts, where there is one. */
function startOf(view: ServiceView): readonly string[] {
  const words = ['entrypoint', 'command'].map((key) => strings(view.last(key)?.value).join(' ').trim());
  return words.flatMap((text) => /^[\w./+-]+/.exec(text)?.[0] ?? []).filter(isProgram);
}

/** With what the checks of images are made: https://docs.docker.com/reference/dockerfile/#healthcheck */
const IMAGE_CHECKS = ['curl', 'nc', 'sh', 'wget'];

/** The programs that a check starts: the engine itself starts the first word, or a shell. */
function programsOfCheck(test: readonly string[], asText: boolean): readonly string[] {
  const [kind = '', ...words] = asText ? ['CMD-SHELL', ...test] : test;
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') return [];
  // A word that is no program's name gives nothing but the right to start one of this name.
  const inside = words.flatMap((word) => word.split(/[\s;&|()`"'<>]+/)).filter(isProgram);
  return [...(kind === 'CMD-SHELL' ? ['sh'] : []), ...inside];
}

/** What a shell does itself. */
const BUILT_IN =
  /^(?:exit|test|true|false|echo|printf|exec|eval|if|then|else|elif|fi|for|in|do|done|while|until|case|esac)$/;

/** A program's name or path, without what a shell or Compose would put into it. */
function isProgram(word: string): boolean {
  if (BUILT_IN.test(word) || word.startsWith('/dev/')) return false;
  return /^\/?[A-Za-z][\w.+-]*(?:\/[\w.+-]+)*$/.test(word);
}

/** `/dev/ttyUSB0:/dev/modem:rw`: the second is its path in the container. */
function devicesOf(view: ServiceView): readonly string[] {
  return view
    .fields('devices')
    .flatMap(({ value }) => (Array.isArray(value) ? value : []))
    .flatMap((item) => {
      const [source, target = source] = typeof item === 'string' ? item.split(':') : [];
      const path = isRecord(item) && typeof item.target === 'string' ? item.target : target;
      return path?.startsWith('/') === true ? [path] : [];
    });
}
