import { cite, citeSource } from '../../../core/evidence.js';
import type { Evidence } from '../../../core/types.js';
import { joinPath, workdirAt } from '../../../formats/dockerfile/scope.js';
import type { RunCommand } from '../../image-needs.js';
import { isWithin } from '../../model.js';
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

const IMAGE = 'https://docs.docker.com/guides/golang/build-images/#multi-stage-builds';

/** The names of what `go build` and `go install` make, with their paths. */
function outputOf(command: RunCommand, project: Project, cwd: string): string | undefined {
  const list = words(command);
  const [verb] = list;
  if (command.program === undefined || programName(command.program) !== 'go') return undefined;
  if (verb !== 'build' && verb !== 'install') return undefined;
  const at = list.findIndex((word) => word === '-o');
  const target =
    list.map((word) => /^-o=(.+)$/.exec(word)?.[1]).find(Boolean) ?? (at === -1 ? undefined : list[at + 1]);
  const packages = list
    .slice(1)
    .filter(
      (word, index) =>
        !word.startsWith('-') &&
        !/^-(?:o|ldflags|tags|mod|p|gcflags|asmflags|trimpath=?)$/.test(list[index] ?? ''),
    );
  const named = packages.at(-1)?.replace(/@.*$/, '').replace(/\/+$/, '');
  const own =
    named === undefined || /^\.?$|\.go$/.test(named) ? moduleName(project, cwd) : programName(named);
  if (verb === 'install') return own === undefined ? undefined : `/go/bin/${own}`;
  if (target === undefined) return own === undefined ? undefined : joinPath(cwd, own);
  const path = joinPath(cwd, target);
  return /(?:^|\/)\.?$/.test(target) && own !== undefined ? joinPath(path, own) : path;
}

/** https://go.dev/ref/mod#glos-module-path: the last element that is no major version names the program. */
function moduleName(project: Project, cwd: string): string | undefined {
  const text = project.read(joinPath(cwd, 'go.mod'));
  const path = text === undefined ? undefined : /^module\s+(\S+)/m.exec(text)?.[1];
  return path
    ?.replace(/\/v\d+$/, '')
    .split('/')
    .at(-1);
}

function role(command: RunCommand, project: Project, cwd: string): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  if (!/^(?:go|swag|templ|sqlc|wire|buf|mage|npm|yarn|pnpm|node|npx)$/.test(program)) return undefined;
  const output = outputOf(command, project, cwd);
  if (output === undefined || project.roots.some((root) => isWithin(output, root))) return BUILD;
  return output.startsWith('/go/bin/') ? BUILD : { kind: 'output', paths: [output] };
}

/** Ways to read a file when the program runs; embedded ones are in the program. */
const READS =
  /\bos\.(?:Open|OpenFile|ReadFile|ReadDir|DirFS|Stat)\(|\bioutil\.Read|\.Parse(?:Files|Glob)\(|\bhttp\.(?:Dir|ServeFile)\(|\.LoadHTML(?:Glob|Files)\(|\.Static(?:File|FS)?\(|\bfilepath\.(?:Walk|Glob)|\bviper\.|godotenv\.|migrate\.New|file:\/\//;

function plan(project: Project): StackOutcome {
  const { build, document, stage } = project;
  const image = distributionOf(stage.image);
  if (image === undefined)
    return { ok: false, reason: `which plain image goes with ${stage.image} is not known` };
  const started = startedProgram(project);
  if (started === undefined) return { ok: false, reason: 'the shell decides which program starts' };
  if (started.name === 'go')
    return {
      ok: false,
      reason: 'it is compiled at each start: start what go build writes instead',
      evidence: [started.evidence],
    };
  const outputs = build.runCommands.flatMap((command) => {
    const cwd = workdirAt(document, stage, command.instruction) ?? '/';
    const path = outputOf(command, project, cwd);
    return path === undefined ? [] : [{ path, command }];
  });
  const binary = outputs.find(({ path }) =>
    started.path === undefined ? programName(path) === started.name : path === started.path,
  );
  if (binary === undefined) {
    return {
      ok: false,
      reason: `${started.name}, which starts, is not what go build writes`,
      evidence: [started.evidence],
    };
  }
  const suiteKnown = !image.startsWith('debian:stable');
  const linksC = project.sources.find(/^\s*import\s+"C"|#cgo\s+(?:\w+\s+)?(?:LDFLAGS|pkg-config)/m);
  if (!suiteKnown && linksC !== undefined) {
    return {
      ok: false,
      reason: `it links to C libraries, and the tag of ${stage.image} does not say of which Debian`,
      evidence: [linksC],
    };
  }
  const reads = project.sources.find(READS);
  const readsFiles =
    reads !== undefined || !project.sources.complete() || project.sources.files().length === 0;
  const data = readsFiles ? dataEntries(project, SOURCES) : [];
  const alpine = build.family === 'alpine';
  const isStatic =
    build.scope.env.get('CGO_ENABLED')?.value === '0' || binary.command.assignments.includes('CGO_ENABLED=0');
  return {
    ok: true,
    plan: {
      name: 'Go',
      image,
      imageEvidence: citeSource(IMAGE, 'what runs is the compiled program'),
      copies: [...data, copyOfProgram(binary.path, started)],
      prune: [],
      linked: alpine || isStatic || !suiteKnown ? UNLINKED : { folders: [], programs: [binary.path] },
      packages: ['ca-certificates', 'tzdata'],
      bare: bareNeed(isStatic, alpine, linksC),
      notes: [
        readsFiles
          ? 'copies the program, and what the build context has beside the sources: it may read files'
          : 'copies the program alone: no source reads a file',
      ],
      evidence: [
        cite(document, binary.command.offset + binary.command.start),
        ...(reads === undefined ? [] : [reads]),
      ],
    },
  };
}

/** cgo is on by default, and links what looks up names and users to the C library. */
function bareNeed(isStatic: boolean, alpine: boolean, linksC: Evidence | undefined): BareNeed | string {
  if (isStatic) return { kind: 'static' };
  if (alpine) return "the C library of Alpine is no other image's: build with CGO_ENABLED=0";
  return linksC === undefined ? { kind: 'linked', unwinds: false } : 'it links to C libraries';
}

const SOURCES = /^(?:.*\.go|go\.(?:mod|sum|work.*)|vendor|internal|pkg|cmd)$/;

export const go: Stack = {
  matches: (repository) => /^(?:(?:amd64|arm64v8)\/)?golang$/.test(repository),
  role,
  buildPackages: /^(?:git|mercurial|upx.*|ca-certificates|tzdata)$/,
  plan,
};
