/** What a client does, or an administrator. Where the daemon is not ready yet it is tried again: it may be done twice. */
export interface Step {
  readonly name: string;
  readonly run: readonly string[];
  /** The user that runs it; root by default. */
  readonly user?: string;
  readonly input?: string;
  /** What it has to print; what the pattern matches is compared with what it matched before hardening. */
  readonly shows?: RegExp;
  /** It is not tried again. */
  readonly once?: boolean;
  /** What is done each time before it is tried. */
  readonly first?: readonly Step[];
}

/** A daemon of Debian's, or a unit of the lab's own, and what shows that it does its work. */
export interface Daemon {
  readonly name: string;
  /** What Debian calls the packages of it and of its clients. */
  readonly packages: readonly string[];
  /** The unit that is started. */
  readonly unit: string;
  /** The unit's file, where the unit is an instance of a template. */
  readonly file?: string;
  /** The user whose systemd runs it; the machine's own by default. */
  readonly owner?: string;
  /** A folder below units/ that is copied over the root: units of the lab's own, and what they start. */
  readonly tree?: string;
  /** Files that are written before it starts, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is done before it starts. */
  readonly prepare?: readonly (readonly string[])[];
  readonly work: readonly Step[];
}

/** The packages of all, each once. */
export function packagesOf(daemons: readonly Daemon[]): readonly string[] {
  return [...new Set(daemons.flatMap(({ packages }) => packages))].sort();
}

/** A file below /etc that an overlay or a person would edit: the unit's own file name. */
export function fileOf({ file, unit }: Daemon): string {
  return file ?? unit;
}

export function step(name: string, run: readonly string[], shows?: RegExp): Step {
  return { name, run, ...(shows === undefined ? {} : { shows }) };
}

/** What is not done again when it fails. */
function once(name: string, run: readonly string[]): Step {
  return { name, run, once: true };
}

/** The same, done by another user than root. */
export function as(user: string, one: Step): Step {
  return { ...one, user };
}

/** Gets a page, whose text has to match. */
export function get(url: string, shows: RegExp, ...options: readonly string[]): Step {
  const plain = ['curl', '--silent', '--show-error', '--fail', '--max-time', '5'];
  return step(`get ${url}`, [...plain, ...options, url], shows);
}

/** Says something to a socket (an address of socat's), and reads what it answers. */
export function talk(name: string, address: string, input: string, shows: RegExp): Step {
  return { name, run: ['socat', '-t', '2', '-', address], input, shows };
}

/** Asks the name server on this port of loopback. */
export function dig(question: readonly string[], shows: RegExp, port = 53): Step {
  const options = ['+short', '+tries=1', '+time=2', '-p', String(port), '@127.0.0.1'];
  return step(`ask for ${question.join(' ')}`, ['dig', ...options, ...question], shows);
}

/** Does it, and looks again: what worked before goes on working. */
export function reload(unit: string, ...afterwards: readonly Step[]): readonly Step[] {
  return [once('reload', ['systemctl', 'reload', unit]), ...again('after the reload', afterwards)];
}

export function restart(unit: string, ...afterwards: readonly Step[]): readonly Step[] {
  return [once('restart', ['systemctl', 'restart', unit]), ...again('after the restart', afterwards)];
}

/** Rotates its logs as Debian's logrotate is told to; afterwards it has to write to the new log. */
export function rotate(settings: string, log: string, ...afterwards: readonly Step[]): readonly Step[] {
  return [
    once('rotate the log', ['logrotate', '--force', `/etc/logrotate.d/${settings}`]),
    // The daemon may open it later than the rotation returns.
    { name: 'the new log is written', run: ['test', '-s', log], first: afterwards },
  ];
}

export function again(when: string, steps: readonly Step[]): readonly Step[] {
  return steps.map((one) => ({ ...one, name: `${one.name} ${when}` }));
}
