import { parse as parseIni } from 'ini';
import { parse as parseYaml } from 'yaml';
import { redact } from '../core/redact.js';
import { parseEnvironmentFile } from './compose/interpolate.js';
import { isBuildSecret, isPlaceholder } from './secret-names.js';

/** What a file of the build context says of secrets. No value of one is ever kept. */
export interface SecretReading {
  /** The keys under which secrets stand. */
  readonly keys: readonly string[];
  /** The variables that it names in the place of secrets: `_authToken=${NPM_TOKEN}`. */
  readonly references: readonly string[];
}

/** A kind of file that is known to hold secrets. */
export interface SecretFileKind {
  /** What people call it. */
  readonly title: string;
  /** The document that says what the file holds. */
  readonly source: string;
  /** The usual names, relative to a folder that is copied. */
  readonly names: readonly string[];
  /** Of a file's path, when more names than the usual ones are of this kind. */
  readonly pattern: RegExp;
  /** The programs of a build that read it; undefined for a file that the running program reads, or nobody. */
  readonly readers: RegExp | undefined;
  readonly read: (text: string) => SecretReading;
}

const NOTHING: SecretReading = { keys: [], references: [] };

/** `${NPM_TOKEN}`, Maven's `${env.TOKEN}`, NuGet's `%TOKEN%`; a lone `$` may be part of a password. */
const REFERENCE = /\$\{(?:env\.)?(\w+)[^{}]*\}|^\$(\w+)$|%(\w+)%/g;

/** Sorts a value under a key: it refers to variables, it is a secret, or it is empty. */
function valueOf(key: string, value: unknown): SecretReading {
  if (typeof value !== 'string' && typeof value !== 'number') return NOTHING;
  const text = String(value).trim();
  const references = [...text.matchAll(REFERENCE)].flatMap(([, a, b, c]) => a ?? b ?? c ?? []);
  if (references.length > 0) return { keys: [], references };
  return isPlaceholder(text) ? NOTHING : { keys: [key], references: [] };
}

function merge(readings: readonly SecretReading[]): SecretReading {
  return {
    keys: [...new Set(readings.flatMap(({ keys }) => keys))],
    references: [...new Set(readings.flatMap(({ references }) => references))],
  };
}

/** The leaves of what a parser returned, with their keys. */
function leaves(value: unknown, key = '', depth = 0): readonly (readonly [key: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null || depth > 20) return [[key, value]];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, Array.isArray(value) ? key : name, depth + 1),
  );
}

/** Reads with a parser that may throw: a file that it can't read tells nothing. */
function parsed(text: string, parse: (text: string) => unknown): readonly (readonly [string, unknown])[] {
  try {
    return leaves(parse(text));
  } catch {
    return [];
  }
}

/** A file in INI form: the keys that hold secrets, and addresses with a password. */
function ini(secret: RegExp): (text: string) => SecretReading {
  return (text) => {
    // ini splits a section's name at its dots; only keys matter here.
    const values = parsed(text, parseIni);
    return merge(
      values.map(([key, value]) => {
        if (secret.test(key)) return valueOf(key, value);
        return typeof value === 'string' ? addressOf(key, value) : NOTHING;
      }),
    );
  };
}

/** `https://user:password@host`. */
function addressOf(key: string, value: string): SecretReading {
  return merge(
    [...value.matchAll(/:\/\/([^\s/@]+)@/g)].map(([, userinfo = '']) => {
      const [user = '', password] = userinfo.split(/:(.*)/s);
      if (password !== undefined) return valueOf(key, password);
      return /^[\w-]{16,}$/.test(user) || user.includes('$') ? valueOf(key, user) : NOTHING;
    }),
  );
}

/** Values that a pattern's first group finds, under the key that its second names. */
function found(pattern: RegExp, key: string): (text: string) => SecretReading {
  return (text) => merge([...text.matchAll(pattern)].map(([, value = '']) => valueOf(key, value)));
}

function json(secret: RegExp): (text: string) => SecretReading {
  return (text) =>
    merge(parsed(text, JSON.parse).map(([key, value]) => (secret.test(key) ? valueOf(key, value) : NOTHING)));
}

function environment(text: string): SecretReading {
  return merge(
    [...parseEnvironmentFile(text)].map(([name, value]) =>
      isBuildSecret(name, value) ? valueOf(name, value) : NOTHING,
    ),
  );
}

function yarn(text: string): SecretReading {
  const values = parsed(text, (source) => parseYaml(source));
  return merge(
    values.map(([key, value]) => (/^npmAuth(?:Token|Ident)$/.test(key) ? valueOf(key, value) : NOTHING)),
  );
}

function privateKey(text: string): SecretReading {
  return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text) ? { keys: ['PRIVATE KEY'], references: [] } : NOTHING;
}

const NODE = /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bun|bunx|corepack|lerna|nx|turbo|ng)$/;
const GIT_USERS =
  /^(?:git|go|npm|npx|pnpm|yarn|bun|pip3?|uv|poetry|pdm|pipenv|cargo|composer|bundle|bundler|curl|wget)$/;

/** The files that hold secrets, and how each is read. */
export const SECRET_FILES: readonly SecretFileKind[] = [
  {
    title: "npm's configuration",
    source: 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration',
    names: ['.npmrc'],
    pattern: /(?:^|\/)\.?npmrc$/,
    readers: NODE,
    read: ini(/(?:^|:)_(?:authToken|auth|password)$/),
  },
  {
    title: "Yarn's configuration",
    source: 'https://yarnpkg.com/configuration/yarnrc#npmAuthToken',
    names: ['.yarnrc.yml'],
    pattern: /(?:^|\/)\.yarnrc\.yml$/,
    readers: /^(?:yarn|yarnpkg|corepack)$/,
    read: yarn,
  },
  {
    title: "pip's configuration",
    source: 'https://pip.pypa.io/en/stable/topics/authentication/',
    names: ['pip.conf'],
    pattern: /(?:^|\/)pip\.(?:conf|ini)$/,
    readers: /^(?:pip3?(?:\.\d+)?|python3?(?:\.\d+)?|pipenv)$/,
    read: ini(/^password$/),
  },
  {
    title: 'the credentials of a package index',
    source: 'https://packaging.python.org/en/latest/specifications/pypirc/',
    names: ['.pypirc'],
    pattern: /(?:^|\/)\.pypirc$/,
    readers: /^(?:twine|python3?|flit|hatch)$/,
    read: ini(/^password$/),
  },
  {
    title: 'logins for hosts',
    source: 'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
    names: ['.netrc'],
    pattern: /(?:^|\/)[._]netrc$/,
    readers: GIT_USERS,
    read: found(/\bpassword\s+(\S+)/g, 'password'),
  },
  {
    title: "git's stored credentials",
    source: 'https://git-scm.com/docs/git-credential-store#_storage_format',
    names: ['.git-credentials'],
    pattern: /(?:^|\/)\.git-credentials$/,
    readers: GIT_USERS,
    read: (text) => addressOf('address', text),
  },
  {
    title: "Composer's credentials",
    source: 'https://getcomposer.org/doc/articles/authentication-for-private-packages.md',
    names: ['auth.json'],
    pattern: /(?:^|\/)auth\.json$/,
    readers: /^(?:composer(?:\.phar)?|php)$/,
    read: json(/^(?:password|token|consumer-secret|access-token|[\w-]+(?:\.[\w-]+)+)$/),
  },
  {
    title: "Maven's settings",
    source: 'https://maven.apache.org/settings.html#servers',
    names: ['settings.xml', '.mvn/settings.xml', '.m2/settings.xml'],
    pattern: /(?:^|\/)(?:maven-)?settings\.xml$/,
    readers: /^(?:mvnw?|mvnd)$/,
    read: found(/<(?:password|passphrase)>([^<]*)<\//g, 'password'),
  },
  {
    title: "NuGet's configuration",
    source: 'https://learn.microsoft.com/nuget/reference/nuget-config-file#packagesourcecredentials',
    names: ['nuget.config', 'NuGet.Config', 'NuGet.config'],
    pattern: /(?:^|\/)nuget\.config$/i,
    readers: /^(?:dotnet|nuget|msbuild)$/,
    read: found(/<add\s+key="(?:ClearText)?Password"\s+value="([^"]*)"/gi, 'ClearTextPassword'),
  },
  {
    title: "Cargo's credentials",
    source: 'https://doc.rust-lang.org/cargo/reference/config.html#credentials',
    names: ['.cargo/credentials.toml', '.cargo/credentials'],
    pattern: /(?:^|\/)\.cargo\/credentials(?:\.toml)?$/,
    readers: /^cargo$/,
    read: found(/^\s*token\s*=\s*"([^"]*)"/gm, 'token'),
  },
  {
    title: "a registry's login",
    source: 'https://docs.docker.com/reference/cli/docker/login/#default-behavior',
    names: ['.docker/config.json', '.dockercfg'],
    pattern: /(?:^|\/)(?:\.docker\/config\.json|\.dockercfg|\.dockerconfigjson)$/,
    readers: undefined,
    read: json(/^(?:auth|identitytoken|registrytoken|password)$/),
  },
  {
    title: 'cloud credentials',
    source: 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html',
    names: ['.aws/credentials'],
    pattern: /(?:^|\/)\.aws\/credentials$/,
    readers: undefined,
    read: ini(/^(?:aws_secret_access_key|aws_session_token)$/),
  },
  {
    title: "a service account's key",
    source: 'https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys',
    names: [
      'service-account.json',
      'serviceAccountKey.json',
      'service_account.json',
      'gcloud.json',
      'application_default_credentials.json',
      'credentials.json',
    ],
    pattern:
      /(?:^|\/)(?:[\w.-]*service[-_]?account[\w.-]*|[\w.-]*credentials?|gcloud[\w.-]*|[\w.-]*key)\.json$/i,
    readers: undefined,
    read: json(/^(?:private_key|client_secret|refresh_token)$/),
  },
  {
    title: 'a private key',
    source: 'https://docs.docker.com/build/building/secrets/#ssh-mounts',
    names: [
      ...['id_rsa', 'id_ed25519', 'id_ecdsa', 'id_dsa'].flatMap((name) => [name, `.ssh/${name}`]),
      ...['key', 'server', 'private', 'privkey', 'cert', 'tls', 'ssl', 'localhost'].flatMap((name) => [
        `${name}.pem`,
        `${name}.key`,
      ]),
    ],
    pattern: /(?:^|\/)(?:id_(?:rsa|ed25519|ecdsa|dsa)|[^/]+\.(?:pem|key|ppk))$/,
    readers: undefined,
    read: privateKey,
  },
  {
    title: 'environment settings',
    source: 'https://docs.docker.com/build/concepts/context/#dockerignore-files',
    names: [
      '.env',
      '.env.local',
      '.env.production',
      '.env.prod',
      '.env.development',
      '.env.dev',
      '.env.staging',
      '.env.production.local',
      '.envrc',
    ],
    pattern:
      /(?:^|\/)(?!(?:[\w.-]*[._-])?(?:example|sample|template|dist|defaults?|test|ci)(?:\.env)?$)(?:\.env(?:rc|\.[\w.-]+)?|[\w-]+\.env)$/,
    readers: undefined,
    read: environment,
  },
];

/** Files that are secrets as a whole, in a form that isn't text. */
const KEY_STORE = /\.(?:p12|pfx|jks|keystore|kdbx)$/i;

export const KEY_STORE_KIND: SecretFileKind = {
  title: 'a key store',
  source: 'https://docs.docker.com/build/building/secrets/',
  names: [],
  pattern: KEY_STORE,
  readers: undefined,
  read: () => ({ keys: ['key store'], references: [] }),
};

/** The kind of a file, by its path. */
export function secretFileKind(path: string): SecretFileKind | undefined {
  return [...SECRET_FILES, KEY_STORE_KIND].find(({ pattern }) => pattern.test(path));
}

/** True when a text that no kind describes holds what is known to be a secret by its own form. */
export function holdsToken(text: string): boolean {
  return (
    privateKey(text).keys.length > 0 ||
    [...text.matchAll(/\b\S+:\/\/[^\s/@]+:[^\s/@$]+@\S+/g)].some(
      ([address]) => redact(address) !== address,
    ) ||
    /\b(?:gh[opsur]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk_live_\w{10,}|(?:AKIA|ASIA)[A-Z0-9]{16}|npm_\w{30,})\b/.test(
      text,
    )
  );
}
