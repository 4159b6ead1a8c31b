import { cite, citeSource } from '../../../core/evidence.js';
import { joinPath } from '../../../formats/dockerfile/scope.js';
import type { RunCommand } from '../../image-needs.js';
import { programName } from '../../startup.js';
import { copyOfProgram, dataEntries, startedProgram } from '../binary.js';
import {
  BUILD,
  UNLINKED,
  type BareNeed,
  type Project,
  type Role,
  type Stack,
  type StackOutcome,
} from '../model.js';
import { words } from '../roles.js';
import { distributionOf } from '../runtime-image.js';

const IMAGE = 'https://docs.docker.com/guides/rust/build-images/';
/** https://doc.rust-lang.org/cargo/commands/cargo-install.html#option-cargo-install---root, in the rust image. */
const INSTALLED = '/usr/local/cargo/bin';

function role(command: RunCommand): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  return /^(?:cargo|rustc|rustup|trunk|wasm-pack|npm|yarn|pnpm|node|npx)$/.test(program) ? BUILD : undefined;
}

/** Crates that link to a library of the system, unless a feature brings its sources. */
const LINKS =
  /^name = "(?:openssl-sys|pq-sys|mysqlclient-sys|libz-sys|libsodium-sys|rdkafka-sys|zmq-sys|libudev-sys|alsa-sys|libsqlite3-sys)"/m;
const READS =
  /\bFile::open\b|\bfs::(?:read|read_to_string|read_dir|File)\b|\bServeDir\b|\bServeFile\b|\bNamedFile\b|\bTera::new\b|\bset_directory\b|\bdotenv|\bconfig::File\b|fs::FileServer|\bcurrent_dir\b/;

function plan(project: Project): StackOutcome {
  const { build, document, stage, workdir } = project;
  const image = distributionOf(stage.image);
  if (image === undefined)
    return { ok: false, reason: `which plain image goes with ${stage.image} is not known` };
  const started = startedProgram(project);
  if (started === undefined) return { ok: false, reason: 'the shell decides which program starts' };
  if (started.name === 'cargo')
    return {
      ok: false,
      reason: 'it is compiled at each start: start what cargo build writes instead',
      evidence: [started.evidence],
    };
  const builds = build.runCommands.find(
    (command) => command.program === 'cargo' && /^(?:build|install)$/.test(words(command)[0] ?? ''),
  );
  if (builds === undefined) return { ok: false, reason: 'no cargo command builds it' };
  const installs = words(builds)[0] === 'install';
  const path = started.path ?? (installs ? `${INSTALLED}/${started.name}` : undefined);
  const known =
    path !== undefined &&
    (/\/target\/(?:[\w.-]+\/)?(?:release|debug)\/[^/]+$/.test(path) ||
      path.startsWith(`${INSTALLED}/`) ||
      build.runCommands.some(
        (command) =>
          /^(?:cp|mv|install)$/.test(command.program ?? '') &&
          words(command).some((word) => joinPath(workdir, word) === path),
      ));
  if (!known)
    return {
      ok: false,
      reason: `${started.name}, which starts, is not what cargo writes`,
      evidence: [started.evidence],
    };
  const lock = project.roots
    .map((root) => project.read(joinPath(root, 'Cargo.lock')))
    .find((text) => text !== undefined);
  const suiteKnown = !image.startsWith('debian:stable');
  if (!suiteKnown && (lock === undefined || LINKS.test(lock))) {
    return {
      ok: false,
      reason: `it may link to libraries of the system, and the tag of ${stage.image} does not say of which Debian`,
    };
  }
  const reads = project.sources.find(READS);
  const readsFiles =
    reads !== undefined || !project.sources.complete() || project.sources.files().length === 0;
  const data = readsFiles
    ? dataEntries(
        project,
        /^(?:src|target|tests|benches|Cargo\.(?:toml|lock)|build\.rs|rust-toolchain.*|rustfmt\.toml|clippy\.toml)$/,
      )
    : [];
  const alpine = build.family === 'alpine';
  return {
    ok: true,
    plan: {
      name: 'Rust',
      image,
      imageEvidence: citeSource(IMAGE, 'what runs is the compiled program'),
      copies: [...data, copyOfProgram(path, started)],
      prune: [],
      linked: alpine || !suiteKnown ? UNLINKED : { folders: [], programs: [path] },
      bare: bareNeed(alpine, lock),
      // Programs built with gcc's unwinder want its library, which Alpine's base doesn't have.
      packages: alpine ? ['ca-certificates', 'libgcc'] : ['ca-certificates', 'tzdata'],
      notes: [
        readsFiles
          ? 'copies the program, and what the build context has beside the sources: it may read files'
          : 'copies the program alone: no source reads a file',
      ],
      evidence: [cite(document, builds.offset + builds.start), ...(reads === undefined ? [] : [reads])],
    },
  };
}

function bareNeed(alpine: boolean, lock: string | undefined): BareNeed | string {
  if (alpine) return "the C library of Alpine is no other image's";
  if (lock === undefined) return 'no Cargo.lock says which libraries it links to';
  return LINKS.test(lock) ? 'it may link to libraries of the system' : { kind: 'linked', unwinds: true };
}

export const rust: Stack = {
  matches: (repository) => /^(?:(?:amd64|arm64v8)\/)?rust$/.test(repository),
  role,
  buildPackages: /^(?:git|ca-certificates|tzdata|mold|upx.*)$/,
  plan,
};
