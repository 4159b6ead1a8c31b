/** A Linux capability as Compose writes it: without the `CAP_` prefix. */
export type Capability = string;

/**
 * Where a fact comes from: `at` names a public document or file (`owner/repo@commit:path`, of a Debian package
 * `man:nginx(8) nginx-common 1.22.1-9` or `deb:nginx-common 1.22.1-9:/etc/nginx/nginx.conf`), `text` quotes it.
 */
export interface Citation {
  readonly at: string;
  readonly text: string;
}

export interface Cited {
  readonly cites: readonly Citation[];
}

/** A directory that the image writes and that is no volume of its own. */
export interface WritableFact extends Cited {
  readonly path: string;
  /** Octal, as tmpfs takes it (`'0755'`). Without it the tmpfs has the mode of the image's own directory. */
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** As tmpfs takes it: `16m`. */
  readonly size?: string;
  /** Programs are run from it: no `noexec`. */
  readonly exec?: boolean;
  /** It holds data that must outlive the container: where nothing is mounted, a tmpfs is no substitute. */
  readonly keep?: boolean;
  /** It is written only when something is mounted at this path. */
  readonly whenMounted?: string;
  /** What it holds grows with the load: the size is a guess. */
  readonly grows?: boolean;
  /** The image has files there that some setups count on, and that the tmpfs hides. */
  readonly hides?: boolean;
}

/**
 * `data-store` and `broker` serve other services of the project; a `proxy` is what other machines talk to; a `base`
 * carries the user's own program; a `tool` runs and ends, or is called by hand.
 */
export type Role =
  | 'data-store'
  | 'broker'
  | 'proxy'
  | 'web-server'
  | 'application'
  | 'monitoring'
  | 'network'
  | 'tool'
  | 'base';

/** A check that runs in the container, with programs that the image has. */
export interface HealthcheckFact extends Cited {
  /** The image declares a HEALTHCHECK of its own. */
  readonly brings?: boolean;
  /** As Compose's `healthcheck.test` takes it: `[CMD, …]`, or `[CMD-SHELL, …]` where a shell is needed. */
  readonly test?: readonly string[];
  /** How long the image may take to answer after its start, as Compose writes durations: `30s`. */
  readonly startPeriod?: string;
}

/** The tags of which the facts were read, where others are not known to be alike: of those the facts are only likely. */
export interface ReadVersions extends Cited {
  /** The oldest version, as a tag writes it: `25.6`. */
  readonly since: string;
  /** Patterns of tags that are built otherwise. */
  readonly except?: readonly string[];
}

/**
 * What is known of an image, each fact with its sources. A section that is missing is not known: nothing that
 * depends on it is changed.
 */
export interface ImageFacts {
  readonly name: string;
  /**
   * Repositories without `docker.io/library/`; a trailing `/*` matches every image of a namespace. Behind a colon
   * stands the pattern of the tags that are meant (`dotnet/aspnet:8.0*`); it wins over an entry without one.
   */
  readonly match: readonly string[];
  readonly versions?: ReadVersions;
  /** What the image is in a project: decides which networks it may leave and who reaches it. */
  readonly role: Role;
  /**
   * `server`: the image's own program is the workload. `runtime`: a base for the user's own program, of which
   * only the layer below is known.
   */
  readonly kind: 'server' | 'runtime';
  /**
   * First words of a command with which these facts hold (the default one first), with or without their folder. An
   * argument that starts with `-` always goes to the image's own program.
   */
  readonly commands: readonly string[];
  readonly user: Cited & {
    /** The user PID 1 starts as: `root`, or the name or number that the image's USER gives. */
    readonly starts: string;
    readonly uid?: number;
    readonly gid?: number;
    /** The user to which the image's own entrypoint or program steps down after starting as root. */
    readonly stepsDownTo?: string;
    /**
     * The user as which the image's documentation or entrypoint lets the container start (`user:`), with all that
     * it writes still writable where its directories are the image's own.
     */
    readonly mayStartAs?: {
      readonly uid: number;
      readonly gid: number;
      /** Patterns of tags whose image has other numbers; the first that matches counts. */
      readonly variants?: readonly { readonly tags: string; readonly uid: number; readonly gid: number }[];
    };
    /** A non-root user that the image brings and that a Dockerfile may switch to. */
    readonly available?: { readonly name: string; readonly uid: number; readonly home: string };
  };
  readonly capabilities?: Cited & {
    /** `likely` for a family of images of which only the common base is known. */
    readonly certainty?: 'likely';
    /** Needed when the container starts as root. */
    readonly asRoot: readonly Capability[];
    /** File capabilities of the program: needed in the bounding set whoever starts it. */
    readonly file?: readonly Capability[];
  };
  /** Volumes that the image declares: writable under a read-only root, without a tmpfs. */
  readonly volumes?: Cited & { readonly paths: readonly string[] };
  /** All that is written outside the volumes and /tmp; an empty list says that nothing is. */
  readonly writable?: Cited & {
    readonly paths: readonly WritableFact[];
    /** With one of these variables set it writes elsewhere too, into what the image brings: then nothing is known. */
    readonly unlessVariables?: readonly string[];
  };
  readonly temp?: Cited & {
    readonly used: boolean;
    readonly executable: boolean;
    /** As tmpfs takes it, where 64m would be too small: `512m`. */
    readonly size?: string;
    /** What it holds grows with the load: the size is a guess. */
    readonly grows?: boolean;
  };
  /** Why its root file system is to stay writable, in a sentence: it stands in the place of `writable`. */
  readonly writableRoot?: Cited & { readonly because: string };
  readonly ports?: Cited & {
    readonly listens: readonly number[];
    /** Container ports that are meant for other machines (a reverse proxy's 80 and 443). */
    readonly edge?: readonly number[];
  };
  /** Programs that gain privileges on exec: an empty list says that none is used. */
  readonly setuidHelpers?: Cited & { readonly programs: readonly string[] };
  /** An upper bound for the tasks (processes and threads) that the image needs under load. */
  readonly tasks?: Cited & { readonly limit: number };
  /** True when the image brings its own PID 1 (tini, dumb-init, s6-overlay). */
  readonly init?: Cited & {
    readonly brings: boolean;
    /** A program of it that is setuid root, and is run whoever starts the container (`s6-overlay-suexec`). */
    readonly setuid?: string;
  };
  /** True when it makes machine code while it runs (JVM, V8, .NET, BEAM, LuaJIT, PCRE's JIT). */
  readonly jit?: Cited & { readonly compiles: boolean };
  /** Variables for which the image reads a file instead when `<name>_FILE` is set. */
  readonly secrets?: Cited & { readonly variables: readonly string[] };
  readonly healthcheck?: HealthcheckFact;
  /** True when it must reach the internet to do its work (mail, federation, DNS, updates that it can't be without). */
  readonly egress?: Cited & { readonly needs: boolean };
  /** Devices of the host without which its main use fails. */
  readonly devices?: Cited & { readonly paths: readonly string[] };
  /** What its documentation takes from the host, as it observes the host itself. */
  readonly host?: Cited & {
    /** `network`, `pid`, … */
    readonly namespaces: readonly string[];
    /** Files and directories that the documentation mounts read-only. */
    readonly reads: readonly string[];
  };
  /** The engine's socket. */
  readonly dockerSocket?: Cited & {
    /** Sections of the engine's API that it calls: `containers`, `networks`, `events`, `images`, … */
    readonly api: readonly string[];
    /** It calls POST, PUT or DELETE. */
    readonly writes: boolean;
    /** Unless one of these variables (or the option of that name) is set, it only reads, and only these sections. */
    readonly onlyReads?: { readonly unless: readonly string[]; readonly api: readonly string[] };
    /** How it is told another address: the variable (`DOCKER_HOST`), or the option's name. */
    readonly address?: string;
  };
}
