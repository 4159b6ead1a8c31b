/** Where a remote of git leads, without its credentials. */
export interface Remote {
  /** How its web pages and its API are reached; https unless the remote is on this machine. */
  readonly scheme: 'https' | 'http';
  /** With the port of its web pages, where that is not the usual one. */
  readonly host: string;
  /** Without slashes around it and without `.git`. */
  readonly path: string;
}

type Parsed = { readonly ok: true; readonly value: Remote } | { readonly ok: false; readonly reason: string };

/** Hosts that take SSH on the port of HTTPS stand for another one. */
const SSH_HOSTS: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
};

/** Reads the URL of a remote by the forms of https://git-scm.com/docs/git-clone#_git_urls */
export function parseRemote(remote: string): Parsed {
  const text = remote.trim();
  const url = /^(https?|ssh|git|git\+ssh|ssh\+git):\/\//i.test(text) ? text : fromScp(text);
  if (url === undefined) return refused('the remote is a folder, not a repository on a forge');
  if (!URL.canParse(url)) return refused('the URL of the remote can not be read');
  const { protocol, host, hostname, pathname } = new URL(url);
  const web = protocol === 'https:' || protocol === 'http:';
  const path = decoded(pathname)
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  if (hostname === '' || path === '' || path.split('/').some((part) => ['', '.', '..'].includes(part))) {
    return refused('the URL of the remote names no repository');
  }
  // The port of SSH says nothing of the web pages.
  const shown = web ? host : (SSH_HOSTS[hostname] ?? hostname);
  const scheme =
    protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname) ? 'http' : 'https';
  return { ok: true, value: { scheme, host: shown.toLowerCase(), path } };
}

/** `git@host:owner/name`: a path before the first colon makes it a folder, and so does the letter of a drive. */
function fromScp(text: string): string | undefined {
  const match = /^(?:[^@/:]+@)?(\[[^\]/]+\]|[^@/:[\]\\]{2,}):(?!:|\/\/)([^\\]+)$/.exec(text);
  return match === null ? undefined : `ssh://${match[1]}/${match[2]!.replace(/^\/+/, '')}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function refused(reason: string): Parsed {
  return { ok: false, reason };
}
