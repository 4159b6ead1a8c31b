import type { ImageReference } from '../../catalogue/catalogue.js';
import type { RunCommand } from '../image-needs.js';
import { programName } from '../startup.js';
import type { Package } from './model.js';

/** Compilers, their headers, and what drives them: nothing that was built needs them again. */
const BUILD_ONLY =
  /^(?:build-base|build-essential|gcc|g\+\+|cpp|clang|llvm|lld|gfortran|make|cmake|ninja-build|samurai|meson|pkg-config|pkgconf|pkgconfig|autoconf|automake|autotools|libtool|m4|bison|flex|patch|nasm|yasm|ccache|swig|dpkg-dev|debhelper|devscripts|fakeroot|linux-headers|linux-libc-dev|rustc|cargo|rust|golang(?:-go)?|go|maven|gradle|python3?-distutils|gyp|node-gyp|protobuf-compiler|protoc|(?:gcc|g\+\+|clang|llvm|cpp|libgcc|libstdc\+\+)-?\d+(?:-dev)?)$/;
/** Headers and the links that a linker follows: Debian's policy 8.4, and Alpine's `-dev` subpackages. */
const DEVELOPMENT = /-(?:dev|devel|headers)$/;

/** Programs that a build fetches and unpacks with. */
export const FETCHERS: ReadonlySet<string> = new Set(
  'curl wget gnupg gnupg2 gpg dirmngr lsb-release apt-transport-https software-properties-common unzip xz-utils bzip2 git git-core subversion mercurial openssh-client jq file'.split(
    ' ',
  ),
);

/** The program that people want of a package, where the names differ. */
const PROGRAM_OF: Readonly<Record<string, string>> = {
  gnupg: 'gpg',
  gnupg2: 'gpg',
  'git-core': 'git',
  'openssh-client': 'ssh',
  mercurial: 'hg',
  subversion: 'svn',
  'xz-utils': 'xz',
};

export function programOf(name: string): string {
  return PROGRAM_OF[name] ?? name;
}

export function isBuildPackage({ name, temporary }: Package): boolean {
  return temporary === true || BUILD_ONLY.test(name) || DEVELOPMENT.test(name);
}

export function isDevelopment({ name }: Package): boolean {
  return DEVELOPMENT.test(name) || name === 'build-essential';
}

/** Alpine's `-dev` packages and the libraries that they are for; each is the `origin` of both in its APKBUILD. */
const ALPINE_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'bzip2-dev': ['libbz2'],
  'cairo-dev': ['cairo'],
  'curl-dev': ['libcurl'],
  'expat-dev': ['libexpat'],
  'freetype-dev': ['freetype'],
  'gdbm-dev': ['gdbm'],
  'giflib-dev': ['giflib'],
  'glib-dev': ['glib'],
  'gmp-dev': ['gmp'],
  'icu-dev': ['icu-libs'],
  'imagemagick-dev': ['imagemagick-libs'],
  'jpeg-dev': ['libjpeg-turbo'],
  'lcms2-dev': ['lcms2'],
  'libc-dev': [],
  'libffi-dev': ['libffi'],
  'libjpeg-turbo-dev': ['libjpeg-turbo'],
  'libpng-dev': ['libpng'],
  'libpq-dev': ['libpq'],
  'libsass-dev': ['libsass'],
  'libsodium-dev': ['libsodium'],
  'libwebp-dev': ['libwebp'],
  'libxml2-dev': ['libxml2'],
  'libxslt-dev': ['libxslt'],
  'libzip-dev': ['libzip'],
  'mariadb-connector-c-dev': ['mariadb-connector-c'],
  'mariadb-dev': ['mariadb-connector-c'],
  'musl-dev': [],
  'ncurses-dev': ['ncurses-libs'],
  'oniguruma-dev': ['oniguruma'],
  'openjpeg-dev': ['openjpeg'],
  'openldap-dev': ['libldap'],
  'openssl-dev': ['libssl3', 'libcrypto3'],
  'pango-dev': ['pango'],
  'pcre-dev': ['pcre'],
  'postgresql-dev': ['libpq'],
  'python3-dev': ['python3'],
  'readline-dev': ['readline'],
  'sqlite-dev': ['sqlite-libs'],
  'tiff-dev': ['tiff'],
  'vips-dev': ['vips'],
  'xz-dev': ['xz-libs'],
  'yaml-dev': ['yaml'],
  'zlib-dev': ['zlib'],
  'zstd-dev': ['zstd-libs'],
  'gcompat-dev': [],
  'libuv-dev': ['libuv'],
  'linux-headers': [],
};

/** The libraries that an Alpine build package is for; undefined when that is not known. */
export function alpineLibraries(name: string): readonly string[] | undefined {
  return DEVELOPMENT.test(name) ? ALPINE_LIBRARIES[name] : [];
}

/** Programs that buildpack-deps brings and the slim images don't: https://github.com/docker-library/buildpack-deps */
export const FULL_ONLY: readonly string[] = [
  'curl',
  'wget',
  'git',
  'gpg',
  'ssh',
  'unzip',
  'file',
  'convert',
  'identify',
  'magick',
  'make',
  'gcc',
  'g++',
  'perl',
  'python3',
  'hg',
  'svn',
  'patch',
  'xz',
  'ps',
  'openssl',
];

/** Debian's package of such a program. */
export const DEBIAN_PACKAGE_OF: Readonly<Record<string, string>> = {
  convert: 'imagemagick',
  identify: 'imagemagick',
  magick: 'imagemagick',
  gpg: 'gnupg',
  hg: 'mercurial',
  ps: 'procps',
  ssh: 'openssh-client',
  svn: 'subversion',
  xz: 'xz-utils',
};

/** What `apk add` or `apt-get install` installs; undefined for another command, or one that a variable completes. */
export function exactPackages(command: RunCommand): readonly Package[] | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  const words = command.args;
  if (words.some(({ value }) => value === undefined)) return undefined;
  const values = words.map(({ value = '' }) => value);
  if (program === 'apk') return values.includes('add') ? apkPackages(values) : undefined;
  if (program !== 'apt-get' && program !== 'apt') return undefined;
  const at = values.indexOf('install');
  if (at === -1) return undefined;
  const names = operands(values.slice(at + 1), /^(?:-o|--option|-t|--target-release)$/);
  return names.map((text) => ({ name: text.replace(/[:=/].*$/, ''), text }));
}

function apkPackages(values: readonly string[]): readonly Package[] {
  const virtual = values.some((word) => /^(?:-t|--virtual(?:=.*)?)$/.test(word));
  const names = operands(
    values.filter((word) => word !== 'add'),
    /^(?:-t|--virtual|-X|--repository|-p|--root)$/,
  );
  return names.map((text) => ({ name: text.replace(/[=<>~@].*$/, ''), text, temporary: virtual }));
}

/** The words that are neither options nor options' values. */
function operands(words: readonly string[], withValue: RegExp): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (withValue.test(word)) at += 1;
    else if (!word.startsWith('-')) found.push(word);
  }
  return found;
}

/** True for an image on buildpack-deps, which has many of Debian's `-dev` packages with their libraries. */
export function isFull({ tag = '' }: Pick<ImageReference, 'tag'>): boolean {
  return !/alpine|slim/.test(tag);
}
