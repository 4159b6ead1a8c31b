import { createTarReader, type TarEntry } from './tar.js';

/** What is in an image's file system. */
export interface Contents {
  /** Bytes of all files. */
  readonly bytes: number;
  /** Of dpkg and apk; undefined where only rpm's database is, which is no text. */
  readonly packages: number | undefined;
  /** Files with a set-user or set-group bit, by their paths. */
  readonly setuid: readonly string[];
  /** The user identity of each name in `/etc/passwd`. */
  readonly users: ReadonlyMap<string, number>;
}

export interface ContentsReader {
  push(bytes: Uint8Array): void;
  /** Undefined when the archive was not read to its end. */
  contents(): Contents | undefined;
}

const DPKG = 'var/lib/dpkg/status';
/** One file a package, as the distroless images have them. */
const DPKG_PART = /^var\/lib\/dpkg\/status\.d\/[^/]+$/;
const APK = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];
const RPM = /^(?:var\/lib|usr\/lib\/sysimage)\/rpm\/(?:Packages|rpmdb\.sqlite)$/;
const PASSWD = 'etc/passwd';

/** Reads an image's exported files as they come. */
export function createContentsReader(): ContentsReader {
  let bytes = 0;
  let packages = 0;
  let isRpm = false;
  const setuid: string[] = [];
  const users = new Map<string, number>();
  const decoder = new TextDecoder();

  const onEntry = ({ path, type, mode, size }: TarEntry): void => {
    if (type === 'file') bytes += size;
    if (DPKG_PART.test(path) && !path.endsWith('.md5sums')) packages += 1;
    if (RPM.test(path)) isRpm = true;
    if ((type === 'file' || type === 'link') && (mode & 0o6000) !== 0) setuid.push(path);
  };
  const wants = (path: string): boolean => path === DPKG || path === PASSWD || APK.includes(path);
  const onFile = (path: string, content: Uint8Array): void => {
    const text = decoder.decode(content);
    if (path === PASSWD) for (const [name, uid] of usersIn(text)) users.set(name, uid);
    else packages += count(text, path === DPKG ? /^Status: install ok installed$/gm : /^P:/gm);
  };
  const reader = createTarReader(onEntry, wants, onFile);
  return {
    push: (chunk) => reader.push(chunk),
    contents: () =>
      reader.complete
        ? { bytes, packages: isRpm && packages === 0 ? undefined : packages, setuid: setuid.sort(), users }
        : undefined,
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** https://man7.org/linux/man-pages/man5/passwd.5.html */
function usersIn(passwd: string): readonly [string, number][] {
  return passwd.split('\n').flatMap((line): [string, number][] => {
    const [name = '', , uid = ''] = line.split(':');
    return /^\d+$/.test(uid) ? [[name, Number(uid)]] : [];
  });
}
