import type { Engine } from '../engine.js';

/**
 * What no workload of the lab does and an intruder would, by the numbers of x86-64: ptrace(PTRACE_TRACEME),
 * unshare(CLONE_NEWUSER), a raw socket, a file outside of what is writable. Debian has perl in every image.
 */
const SCRIPT = `
my %tried = (
  'ptrace' => sub { syscall(101, 0, 0, 0, 0) == 0 },
  'unshare' => sub { syscall(272, 0x10000000) == 0 },
  'raw socket' => sub { socket(my $s, 2, 3, 1) },
  'write outside' => sub { open(my $f, '>', '/usr/outside') },
);
for my $name (sort keys %tried) {
  my $done = $tried{$name}->();
  print "$name: ", ($done ? 'allowed' : "refused ($!)"), "\\n";
}
`;

/** What is tried. */
export const FORBIDDEN = ['ptrace', 'raw socket', 'unshare', 'write outside'] as const;

/** Of each, `allowed` or `refused (…)`, in a container as its own user. */
export async function tryForbidden(engine: Engine, container: string): Promise<ReadonlyMap<string, string>> {
  const printed = await engine.must(['exec', '--env', 'LC_ALL=C', '--interactive', container, 'perl'], {
    input: SCRIPT,
  });
  return new Map(
    printed.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf(': ');
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 2)]];
    }),
  );
}
