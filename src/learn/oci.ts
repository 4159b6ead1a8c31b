import { isSystemCall } from '../seccomp/system-calls.js';
import { createRecorder } from './recorder.js';
import type { RecordingResult } from './recording.js';

/** The profile that oci-seccomp-bpf-hook writes for the annotation io.containers.trace-syscall. */
interface Profile {
  readonly syscalls?: unknown;
}

/**
 * Reads a profile of allowed system calls as a recording of them:
 * https://github.com/containers/oci-seccomp-bpf-hook
 */
export function readOciProfile(text: string): RecordingResult {
  const fail = (reason: string): RecordingResult => ({ ok: false, line: undefined, reason });
  let profile: Profile;
  try {
    profile = JSON.parse(text) as Profile;
  } catch {
    return fail('it is no JSON');
  }
  const entries = profile.syscalls;
  if (!Array.isArray(entries)) return fail('it has no list of syscalls: it is no seccomp profile');
  const to = createRecorder();
  let count = 0;
  let strange = 0;
  for (const entry of entries as readonly (Readonly<Record<string, unknown>> | null)[]) {
    const { action, names } = entry ?? {};
    if (action !== 'SCMP_ACT_ALLOW' && action !== 'SCMP_ACT_LOG' && action !== 'SCMP_ACT_TRACE') continue;
    if (!Array.isArray(names)) continue;
    for (const name of names as readonly unknown[]) {
      if (typeof name === 'string' && isSystemCall(name)) {
        to.call(name);
        count += 1;
      } else strange += 1;
    }
  }
  if (count === 0) return fail('it allows no system call that libseccomp knows');
  if (strange > 0) to.gap(`${strange} names of system calls are not known: they are left out`);
  return { ok: true, recording: to.result('oci-seccomp', text.split('\n').length) };
}
