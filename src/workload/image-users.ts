import type { ImageBuild } from './dockerfile.js';
import type { RunCommand } from './image-needs.js';
import { programName } from './startup.js';

/** The user to switch to. */
export interface NonRootUser {
  readonly name: string;
  /** As COPY --chown and chown take it. */
  readonly owner: string;
  /** The same in numbers, where they are known: `COPY --link` can't look up a name. */
  readonly numeric: string | undefined;
  /** The shell command that creates it; undefined when it exists. */
  readonly create: string | undefined;
  readonly origin: 'dockerfile' | 'image' | 'new' | 'number';
}

const VALUE_OPTIONS =
  /^-(?:[bcdefgGkKpsuZRPh]|[A-Za-z]*[ugGsdhc])$|^--(?:home|home-dir|gid|ingroup|groups|shell|uid|comment|gecos|password|base-dir|skel|root|prefix|firstuid|lastuid|firstgid|lastgid|conf|key|expiredate|inactive)$/;

export interface CreatedUser {
  readonly name: string;
  readonly group: string;
  /** The home that is made and belongs to it; undefined where none is made. */
  readonly home: string | undefined;
}

/** The user that a `useradd` or `adduser` creates; undefined for other commands and names that vary. */
export function createdUser(command: RunCommand): CreatedUser | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  if (program !== 'useradd' && program !== 'adduser') return undefined;
  const operands: string[] = [];
  let group: string | undefined;
  let home: string | undefined;
  const words = command.args;
  for (let at = 0; at < words.length; at += 1) {
    const { text, value } = words[at]!;
    const attached = /^--(?:gid|ingroup)=(.+)$/.exec(value ?? '')?.[1];
    const attachedHome = /^--(?:home|home-dir)=(.+)$/.exec(value ?? '')?.[1];
    if (attached !== undefined) group = attached;
    else if (attachedHome !== undefined) home = attachedHome;
    else if (VALUE_OPTIONS.test(text)) {
      at += 1;
      const option = program === 'useradd' ? /^(?:-g|--gid|-\w+g)$/ : /^(?:-G|--ingroup|--gid|-\w*G)$/;
      if (option.test(text)) group = words[at]?.value ?? '';
      if (HOME_OPTION[program].test(text)) home = words[at]?.value;
    } else if (!text.startsWith('-')) operands.push(value ?? '');
  }
  const [name, second] = operands;
  // `adduser user group` adds a user to a group.
  if (name === undefined || second !== undefined) return undefined;
  const made = makesHome(program, words);
  return { name, group: group ?? name, home: made ? (home ?? `/home/${name}`) : undefined };
}

const HOME_OPTION = {
  useradd: /^(?:-d|--home|--home-dir|-\w+d)$/,
  adduser: /^(?:-h|--home|-\w+h)$/,
} as const;

/** useradd(8) makes a home where it is asked to; adduser(8), and Alpine's, where it isn't told not to. */
function makesHome(program: 'useradd' | 'adduser', args: RunCommand['args']): boolean {
  const has = (option: RegExp): boolean => args.some(({ text }) => option.test(text));
  return program === 'useradd'
    ? has(/^(?:-[A-Za-z]*m[A-Za-z]*|--create-home)$/)
    : !has(/^(?:-[A-Za-z]*H[A-Za-z]*|--no-create-home)$/);
}

export type UserChoice =
  { readonly ok: true; readonly user: NonRootUser } | { readonly ok: false; readonly reason: string };

const NEW_USER: Readonly<Record<'debian' | 'alpine', string>> = {
  // nologin has been in /usr/sbin on Debian and Ubuntu since before their supported releases.
  debian:
    'groupadd --system --gid 10001 app && useradd --system --uid 10001 --gid app --create-home --home-dir /home/app --shell /usr/sbin/nologin app',
  alpine: 'addgroup -S -g 10001 app && adduser -S -D -u 10001 -G app -h /home/app app',
};

/** Prefers a user that the Dockerfile creates, then one that the image brings, then a new one. */
export function chooseUser(build: ImageBuild): UserChoice {
  const created = build.runCommands.flatMap((command) => createdUser(command) ?? []);
  const names = new Set(created.map(({ name }) => name));
  if (names.size > 1)
    return { ok: false, reason: `the build creates several users: ${[...names].join(', ')}` };
  const [own] = created;
  if (own !== undefined) {
    if (!/^[\w.-]+$/.test(own.name))
      return { ok: false, reason: 'the build creates a user whose name is a variable' };
    const owner = /^[\w.-]+$/.test(own.group) ? `${own.name}:${own.group}` : own.name;
    return {
      ok: true,
      user: { name: own.name, owner, numeric: undefined, create: undefined, origin: 'dockerfile' },
    };
  }
  const available = build.facts?.user.available ?? build.baseImage?.available;
  if (available !== undefined) {
    const { name, uid } = available;
    const numeric = `${uid}:${uid}`;
    return {
      ok: true,
      user: { name, owner: `${name}:${name}`, numeric, create: undefined, origin: 'image' },
    };
  }
  if (build.scratch) {
    const number = '65532:65532';
    return {
      ok: true,
      user: { name: number, owner: number, numeric: number, create: undefined, origin: 'number' },
    };
  }
  const { family } = build;
  if (family !== 'debian' && family !== 'alpine') {
    return { ok: false, reason: 'which tools create a user in this base image is not known' };
  }
  return {
    ok: true,
    user: { name: 'app', owner: 'app:app', numeric: '10001:10001', create: NEW_USER[family], origin: 'new' },
  };
}
