import { expandSystemCalls, isOnX8664, systemCallGroups } from '../formats/systemd/system-calls.js';
import { closure, floor } from './relatives.js';

/**
 * What systemd's own child calls between loading the filter and the program. The filter is the last thing it sets up
 * before execve; these are allowed without being named (systemd.exec(5), SystemCallFilter=), as is all of @default.
 * https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html#SystemCallFilter=
 */
const BETWEEN = ['execve', 'close', 'close_range', 'write', 'exit_group', 'rt_sigreturn'];

/**
 * Numbers of x86-64 for which no kernel has code: that a group has them is no reason against it.
 * https://github.com/torvalds/linux/blob/v6.12/arch/x86/entry/syscalls/syscall_64.tbl
 */
const WITHOUT_CODE = new Set(['epoll_ctl_old', 'epoll_wait_old']);

/** Behind `SystemCallFilter=`, so that a line stays short. */
const WIDTH = 90;

/**
 * The lines `SystemCallFilter=` that allow the calls, with all that stand in for them and what every process needs. A
 * group is written where all its members are needed that x86-64 has; nothing else is allowed. Names that systemd does
 * not know are left out: it would warn about each. Calls of 32 bits are not thought of: the unit needs
 * SystemCallArchitectures=native. Without SystemCallErrorNumber= a refused call ends the process, where a libc that
 * gets EPERM or ENOSYS would try another.
 */
export function toSystemCallFilter(calls: Iterable<string>): readonly string[] {
  const known = expandSystemCalls(['@known']);
  const wanted = new Set(
    [...closure(calls), ...floor(), ...closure(BETWEEN)].filter((name) => known.has(name)),
  );
  const groups = wholeGroups(wanted);
  const grouped = expandSystemCalls(['@default', ...groups]);
  const names = [...wanted].filter((name) => isOnX8664(name) && !grouped.has(name)).sort();
  return lines([...groups, ...names]);
}

/** The groups of which every member is wanted, the largest first, without those that add nothing to the ones before. */
function wholeGroups(wanted: ReadonlySet<string>): readonly string[] {
  const whole = systemCallGroups
    .filter((group) => group !== '@known' && group !== '@default')
    .map((group) => ({ group, members: membersHere(group) }))
    .filter(({ members }) => members.length > 1 && members.every((name) => wanted.has(name)))
    .sort((one, other) => other.members.length - one.members.length);
  const covered = new Set<string>();
  return whole
    .filter(({ members }) => {
      const adds = members.some((name) => !covered.has(name));
      for (const name of members) covered.add(name);
      return adds;
    })
    .map(({ group }) => group)
    .sort();
}

function membersHere(group: string): readonly string[] {
  return [...expandSystemCalls([group])].filter((name) => isOnX8664(name) && !WITHOUT_CODE.has(name));
}

function lines(words: readonly string[]): readonly string[] {
  const made: string[] = [];
  for (const word of words) {
    const last = made.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH)
      made[made.length - 1] = `${last} ${word}`;
    else made.push(word);
  }
  return made.map((line) => `SystemCallFilter=${line}`);
}
