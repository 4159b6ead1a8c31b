import { cite, citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { DockerfileDocument } from '../../formats/dockerfile/document.js';
import type { DockerfileContext, ServiceUse } from '../context.js';
import { isJobName } from '../compose/needs/lifetime.js';
import { usesOfStage, type ImageBuild } from '../dockerfile.js';
import { citations } from '../model.js';
import { isStepDown } from '../image-needs.js';
import { programName, type StartupScript } from '../startup.js';
import { startedCommands } from './commands.js';
import {
  hasBash,
  hasScanningNetcat,
  httpClient,
  interpreterOf,
  runtimeImage,
  type RuntimeImage,
} from './image.js';
import { acceptedPlan, manualPlan, NOTHING, type RuntimePlan } from './plan.js';
import { listeningPort } from './port.js';
import { bashProbe, busyboxProbe, httpProbe, interpreterProbe, type Address, type Probe } from './probe.js';
import { healthRoute } from './routes.js';
import { programSources } from './sources.js';

/** A HEALTHCHECK, as the physical lines of the instruction. */
export interface Healthcheck {
  readonly lines: readonly string[];
  /** What the check does, in a few words. */
  readonly summary: string;
}

/**
 * The engine's own interval and number of retries, written out; a check that hangs counts as failed after five
 * seconds instead of thirty, and a start may take half a minute before a failure counts.
 * https://docs.docker.com/reference/dockerfile/#healthcheck
 */
const OPTIONS = '--interval=30s --timeout=5s --start-period=30s --retries=3';
const REFERENCE = 'https://docs.docker.com/reference/dockerfile/#healthcheck';

/** Programs that end by themselves, or that a person works in. */
const NO_SERVICE =
  /^(?:sh|bash|ash|zsh|fish|sleep|tail|cat|true|echo|pytest|jest|vitest|tox|make|mvn|gradle|cargo|go|test)$/;

function lineOf(probe: Probe, escape: string): readonly string[] {
  const command =
    'words' in probe ? `[${probe.words.map((word) => JSON.stringify(word)).join(', ')}]` : probe.shell;
  return [`HEALTHCHECK ${OPTIONS} ${escape}`, `    CMD ${command}`];
}

/** The same on one line, for a suggestion. */
function flat(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/[\\`]$/, '').trim()).join(' ');
}

/** A check by the programs of the image; undefined when none of them can make one. */
function probeFor(image: RuntimeImage, build: ImageBuild, address: Address): Probe | undefined {
  const interpreter = interpreterOf(image, build);
  if (interpreter !== undefined) return interpreterProbe(interpreter, address);
  const { path } = address;
  const client = httpClient(image);
  if (path !== undefined && client !== undefined) return httpProbe(client, { ...address, path });
  if (hasScanningNetcat(image)) return busyboxProbe(address);
  return hasBash(image) ? bashProbe(address) : undefined;
}

/** Next.js listens on the address that HOSTNAME names, which Docker sets to the container's own. */
function hostVariable(build: ImageBuild): string | undefined {
  const standalone = build.scope.instructions.some(
    ({ keyword, argumentText }) => keyword === 'COPY' && argumentText.includes('.next/standalone'),
  );
  return standalone && build.scope.env.get('HOSTNAME')?.value === undefined ? 'HOSTNAME' : undefined;
}

/** Services that run something else of the image than what the check asks. */
function otherStart(uses: readonly ServiceUse[]): ServiceUse | undefined {
  return uses.find(({ replacesStart, healthcheck }) => replacesStart && !healthcheck);
}

/** The check that the catalogue knows for the base, where the Dockerfile leaves its server as it is. */
function checkOfBase(document: DockerfileDocument, build: ImageBuild): RuntimePlan<Healthcheck> | undefined {
  const { facts, scope } = build;
  const fact = facts?.healthcheck;
  if (facts?.kind !== 'server' || fact?.test === undefined) return undefined;
  const [kind, ...words] = fact.test;
  // Compose would fill in a single `$`.
  const probe: Probe = kind === 'CMD' ? { words } : { shell: (words[0] ?? '').replaceAll('$$', () => '$') };
  const lines = lineOf(probe, document.escape);
  const evidence = [cite(document, scope.root.from.start), ...citations(fact.cites)];
  const changed = scope.instructions.find(
    ({ keyword, argumentText }) =>
      /^(?:CMD|ENTRYPOINT)$/.test(keyword) ||
      (keyword === 'ENV' && /PORT|ADDR|LISTEN|BIND|TLS|SSL/i.test(argumentText)) ||
      (/^(?:COPY|ADD|RUN)$/.test(keyword) && /\.(?:conf|cnf|ya?ml|toml|ini)\b|\/etc\//.test(argumentText)),
  );
  if (changed !== undefined) {
    const reason = `${changed.keyword} may change where ${facts.name} answers`;
    return manualPlan(reason, [...evidence, cite(document, changed.start)], flat(lines));
  }
  const summary = 'words' in probe ? words.join(' ') : probe.shell;
  return { kind: 'add', value: { lines, summary }, certainty: 'likely', evidence };
}

/** Start scripts that exec one of several programs: a web server or a worker. */
function severalStarts(build: ImageBuild): StartupScript | undefined {
  return build.startup.scripts.find(({ script }) => {
    const started = script.commands.flatMap(({ words, program = '' }) =>
      words[0]?.value === 'exec' && program !== '' && !isStepDown(program) ? [programName(program)] : [],
    );
    return new Set(started).size > 1;
  });
}

/**
 * The HEALTHCHECK that follows from where the program listens and from the programs that the image has.
 * @param image the image that runs it, when that is another one than the stage's own.
 */
export function planHealthcheck(
  document: DockerfileDocument,
  build: ImageBuild,
  context: DockerfileContext,
  image: RuntimeImage = runtimeImage(build),
): RuntimePlan<Healthcheck> {
  const { scope, facts, stage } = build;
  if (stage.name !== undefined && isJobName(stage.name)) return NOTHING;
  const present = scope.instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
  if (present !== undefined) {
    if (!/^NONE$/i.test(present.argumentText)) return NOTHING;
    return acceptedPlan('HEALTHCHECK NONE turns it off', [cite(document, present.start)]);
  }
  if (facts?.healthcheck?.brings === true || image.family === 'windows') return NOTHING;
  const uses = usesOfStage(document, stage, context);
  if (uses.length > 0 && uses.every(({ healthcheck }) => healthcheck)) {
    const evidence = uses.map((use) => use.evidence);
    return acceptedPlan('every Compose service that runs it has a check of its own', evidence);
  }
  const runs = uses.length > 0 ? [] : context.runs();
  if (runs.length > 0 && runs.every(({ healthcheck }) => healthcheck)) {
    const evidence = runs.flatMap((run) => run.evidence).slice(0, 4);
    return acceptedPlan('every Compose service that runs its image has a check of its own', evidence);
  }
  const commands = startedCommands(document, build, context);
  const [started] = commands;
  if (commands.length === 1 && NO_SERVICE.test(programName(started?.name ?? ''))) return NOTHING;
  const known = checkOfBase(document, build);
  if (known !== undefined) return known;
  const starts = started !== undefined || facts?.kind === 'server' || image.base?.repository === 'php';
  if (!starts) return NOTHING;

  const several = severalStarts(build);
  const sources = programSources(document, build, context);
  // https://docs.slack.dev/apis/events-api/using-socket-mode: it calls out, and listens on no port that it is given.
  if (sources.some(({ text }) => /\bsocketMode\s*:\s*true\b/.test(text))) return NOTHING;
  const port = listeningPort(document, build, commands, sources, context);
  if (port.kind === 'none') return NOTHING;
  if (port.kind === 'unclear') return manualPlan(port.reason, port.evidence);
  if (several !== undefined) {
    return manualPlan(`${several.file} starts one of several programs`, port.evidence);
  }
  const route = /^(?:443|8443)$/.test(String(port.port)) ? undefined : healthRoute(sources);
  const address: Address = {
    port: port.port,
    variable: port.variable,
    path: route?.path,
    host: hostVariable(build),
  };
  const evidence: Evidence[] = [
    ...port.evidence,
    ...(route === undefined ? [] : [route.evidence]),
    citeSource(REFERENCE, 'tells Docker how to test a container to check that it is still working'),
  ];
  const probe = probeFor(image, build, address);
  if (probe === undefined) {
    const what =
      image.scratch || image.family === 'distroless'
        ? 'the image has neither a shell nor'
        : 'nothing says that the image has';
    return manualPlan(
      `${what} a program that could ask: let the program check itself`,
      evidence,
      `HEALTHCHECK ${OPTIONS} CMD ["<program>", "<its own check>"]`,
    );
  }
  const lines = lineOf(probe, document.escape);
  const child = document.stages.find(({ parent }) => parent === stage);
  if (child !== undefined) {
    const reason = 'another stage builds on this one and would inherit the check';
    return manualPlan(reason, [...evidence, cite(document, child.from.start)], flat(lines));
  }
  const other = otherStart(uses);
  if (other !== undefined) {
    const reason = `the service ${other.service} starts something else from the same image, where the check would fail`;
    return manualPlan(reason, [...evidence, other.evidence], flat(lines));
  }
  const where = `port ${port.variable ?? ''}${port.variable === undefined ? '' : ', by default '}${port.port}`;
  const summary = route === undefined ? `a connection to ${where}` : `GET ${route.path} on ${where}`;
  return { kind: 'add', value: { lines, summary }, certainty: 'likely', evidence };
}
