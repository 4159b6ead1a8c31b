import type { Engine } from '../engine.js';

/** A folder that anybody may write, where there is one. */
export const SHARED_FOLDER = '/srv/harden-lab-shared';

/**
 * What no workload of the lab does and an intruder would, by the numbers of x86-64: ptrace(PTRACE_TRACEME),
 * unshare(CLONE_NEWUSER), a raw socket, files outside of what is writable; and io_uring_setup, which usual filters for
 * services allow. The namespace comes last, as its user is another one. Debian has perl everywhere. The arguments go before
 * each line that is printed.
 */
export const INTRUDER = `
my $ring = "\\0" x 120;
my @tried = (
  'ptrace' => sub { syscall(101, 0, 0, 0, 0) == 0 },
  'raw socket' => sub { socket(my $s, 2, 3, 1) },
  'write outside' => sub { open(my $f, '>', '/usr/outside') },
  'write to a shared folder' => sub { open(my $f, '>', "${SHARED_FOLDER}/$>") },
  'io_uring' => sub { syscall(425, 1, $ring) >= 0 },
  'unshare' => sub { syscall(272, 0x10000000) == 0 },
);
print join(' ', @ARGV, "user: $>\\n");
while (my ($name, $try) = splice(@tried, 0, 2)) {
  my $done = $try->();
  print join(' ', @ARGV, "$name: "), ($done ? 'allowed' : "refused ($!)"), "\\n";
}
`;

/** What is tried in a container. */
export const FORBIDDEN = ['ptrace', 'raw socket', 'unshare', 'write outside'] as const;

/** Of each, `allowed` or `refused (…)`, in a container as its own user. */
export async function tryForbidden(engine: Engine, container: string): Promise<ReadonlyMap<string, string>> {
  const printed = await engine.must(['exec', '--env', 'LC_ALL=C', '--interactive', container, 'perl'], {
    input: INTRUDER,
  });
  return outcomesIn(printed);
}

/** What the intruder printed of each action, by the action's name. */
export function outcomesIn(printed: string): ReadonlyMap<string, string> {
  return new Map(
    printed.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf(': ');
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 2)]];
    }),
  );
}
