import type { Evidence } from '../../core/types.js';
import { CLIENTS } from '../runtime/port.js';
import { programName } from '../startup.js';
import type { FlyStart } from './start.js';

/** The address that a process in a Machine is told to listen on. */
export interface BindAddress {
  readonly reach: 'all' | 'loopback';
  /** How it is told so: `--bind lan`, `HOST=127.0.0.1`. */
  readonly text: string;
  readonly evidence: Evidence;
  /** True where the configuration of the app says so, not its image. */
  readonly inFile: boolean;
}

const OPTION =
  /^--?(?:host|hostname|bind|bind-address|bind-addr|bind-host|listen|listen-address|listen-host|addr|address|ip|server\.address|server-host)$/;
/** Programs of which a short option means the address. */
const SHORT: Readonly<Record<string, RegExp>> = {
  '-b': /^(?:gunicorn|hypercorn|granian|rails|puma|thin)$/,
  '-H': /^(?:next|nuxt|nuxi|vite|daphne)$/,
  '-S': /^php$/,
};
const VARIABLE =
  /^(?:(?:HTTP|SERVER|LISTEN|NITRO|NUXT|FLASK_RUN|UVICORN|BIND)_)?(?:HOST|BIND|BIND_ADDR(?:ESS)?|LISTEN_ADDR(?:ESS)?)$|^(?:HOSTNAME|GRADIO_SERVER_NAME|STREAMLIT_SERVER_ADDRESS)$/;

const ALL = /^(?:0\.0\.0\.0|\[?::\]?|\*|lan|any|all)(?::\d+)?$/i;
const LOOPBACK = /^(?:127(?:\.\d+){3}|localhost|\[::1\]|::1|loopback)(?::\d+)?$/i;

function reachOf(value: string): BindAddress['reach'] | undefined {
  const address = value.replace(/^\w+:\/\//, '').replace(/\/$/, '');
  if (ALL.test(address)) return 'all';
  return LOOPBACK.test(address) ? 'loopback' : undefined;
}

/** The first address that the start's options, else its environment, name. */
export function bindAddress({ programs, written, env }: FlyStart): BindAddress | undefined {
  for (const { name = '', args, evidence } of programs) {
    if (CLIENTS.test(programName(name))) continue;
    const words = [name, ...args];
    for (const [at, word] of words.entries()) {
      const [option = '', joined] = word.split(/=(.*)/s, 2);
      const before = words.slice(0, at).map(programName);
      const names = OPTION.test(option) || before.some((program) => SHORT[option]?.test(program) === true);
      const value = joined ?? words[at + 1] ?? '';
      // Django's own server takes it as a word.
      const positional = words[at - 1] === 'runserver' ? word : undefined;
      const given = positional ?? (names ? value : undefined);
      const reach = given === undefined ? undefined : reachOf(given);
      if (given === undefined || reach === undefined) continue;
      const text = positional === undefined ? `${option}${joined === undefined ? ' ' : '='}${value}` : given;
      return { reach, text, evidence, inFile: written !== undefined };
    }
  }
  for (const [name, { value, evidence }] of env) {
    const reach = VARIABLE.test(name) ? reachOf(value) : undefined;
    if (reach === undefined) continue;
    const inFile = 'file' in evidence && evidence.file.endsWith('.toml');
    return { reach, text: `${name}=${value}`, evidence, inFile };
  }
  return undefined;
}
