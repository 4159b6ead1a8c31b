/** A package whose recommended packages are more than a comfort. */
export interface Recommendation {
  readonly package: string;
  /** What is lost without it. */
  readonly lost: string;
  /** Installed along explicitly: without it the package does not do its job. */
  readonly add?: string;
  /** Packages that bring the same. */
  readonly satisfiedBy: readonly string[];
  /** True when images built on buildpack-deps have it. */
  readonly common?: boolean;
  readonly source: string;
}

function page(name: string): string {
  return `https://packages.debian.org/bookworm/${name}`;
}

const CERTIFICATES = {
  add: 'ca-certificates',
  satisfiedBy: ['ca-certificates'],
  lost: 'no TLS certificate is trusted',
  common: true,
};

/** Read from the Recommends fields of Debian 12 (`apt-cache show`), for those that programs fail without. */
export const RECOMMENDATIONS: readonly Recommendation[] = [
  { package: 'curl', ...CERTIFICATES, source: page('libcurl4') },
  { package: 'wget', ...CERTIFICATES, source: page('wget') },
  { package: 'git', ...CERTIFICATES, source: page('git') },
  { package: 'nodejs', ...CERTIFICATES, source: page('nodejs') },
  {
    package: 'gcc',
    add: 'libc6-dev',
    satisfiedBy: ['libc6-dev', 'libc-dev', 'build-essential', 'g++'],
    lost: 'gcc finds no C library to compile against',
    common: true,
    source: page('gcc'),
  },
  {
    package: 'xvfb',
    add: 'xauth',
    satisfiedBy: ['xauth'],
    lost: 'xvfb-run does not start',
    source: page('xvfb'),
  },
  {
    package: 'git',
    satisfiedBy: ['openssh-client', 'ssh', 'ssh-client'],
    lost: 'git cannot clone over ssh (openssh-client)',
    common: true,
    source: page('git'),
  },
  {
    package: 'cmake',
    satisfiedBy: ['build-essential', 'make', 'ninja-build'],
    lost: 'cmake has neither gcc nor make',
    common: true,
    source: page('cmake'),
  },
  {
    package: 'python3-pip',
    satisfiedBy: ['build-essential', 'python3-dev'],
    lost: 'pip cannot compile packages (build-essential, python3-dev)',
    common: true,
    source: page('python3-pip'),
  },
  {
    package: 'mercurial',
    satisfiedBy: ['openssh-client'],
    lost: 'hg cannot clone over ssh (openssh-client)',
    common: true,
    source: page('mercurial'),
  },
  {
    package: 'chromium',
    satisfiedBy: ['chromium-sandbox'],
    lost: 'chromium has no setuid sandbox (chromium-sandbox)',
    source: page('chromium'),
  },
  {
    package: 'libreoffice',
    satisfiedBy: ['fonts-liberation', 'fonts-dejavu'],
    lost: 'libreoffice has no fonts (fonts-liberation, fonts-dejavu)',
    source: page('libreoffice'),
  },
  {
    package: 'docker.io',
    satisfiedBy: ['ca-certificates'],
    lost: 'docker has no ca-certificates, git and xz-utils',
    source: page('docker.io'),
  },
  {
    package: 'podman',
    satisfiedBy: ['fuse-overlayfs'],
    lost: 'podman has no fuse-overlayfs, slirp4netns and uidmap, which rootless containers need',
    source: page('podman'),
  },
];
