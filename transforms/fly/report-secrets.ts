import { redact } from '../../src/core/redact.js';
import { holdsSecret } from '../../src/core/secrets.js';
import type { Finding, SemanticPath } from '../../src/core/types.js';
import {
  citePath,
  entriesAt,
  isTable,
  rangeAt,
  valueAt,
  type FlyDocument,
} from '../../src/formats/toml/document.js';
import { textsOf } from '../../src/workload/fly/services.js';
import { FLY_CONFIG, manual, type FlyTransform } from './service.js';

const SECRETS = 'https://fly.io/docs/apps/secrets/';
const BUILD_SECRETS = 'https://fly.io/docs/apps/build-secrets/';

/** Headers whose value is a secret whatever it is. */
const SECRET_HEADER = /^(?:proxy-)?authorization$|^cookie$/i;

export const reportSecrets: FlyTransform = {
  meta: {
    id: 'fly/report-secrets',
    title: 'Keep secrets out of the file',
    description:
      'What stands in fly.toml is known to all who can read the repository or its history, and [env] is part of the configuration of every Machine, which fly config and the dashboard show. Fly keeps secrets in a vault that gives them to the Machines at their start (fly secrets set), as variables or as files (secret_name); a secret takes precedence over a variable of the same name, so it can be set before the line goes. A build argument stays in the image: the build gets a secret by a mount instead. It is reported, not changed: a value that was committed has to be replaced by a new one.',
    severity: 'high',
    phase: 2,
    mayBreak: 'The app starts without its value when the line goes before the secret is set.',
    touches: [],
    controls: [],
    references: [
      SECRETS,
      BUILD_SECRETS,
      `${FLY_CONFIG}#the-env-variables-section`,
      `${FLY_CONFIG}#the-files-section`,
    ],
  },
  run: (document) => [
    ...inVariables(document),
    ...inBuildArguments(document),
    ...inHeaders(document),
    ...inFiles(document),
    ...inCommands(document),
  ],
};

function finding(
  document: FlyDocument,
  paths: readonly SemanticPath[],
  told: { readonly where: string; readonly reason: string; readonly suggestion: string },
): readonly Finding[] {
  const [first] = paths;
  if (first === undefined) return [];
  const names = paths.map((path) => path.at(-1)).join(', ');
  const what = paths.length === 1 ? 'is or holds a secret' : 'are or hold secrets';
  const base = {
    subject: first.slice(0, 1),
    range: rangeAt(document, first),
    message: `${names} in ${told.where} ${what}`,
    evidence: paths.map((path) => citePath(document, path)),
  };
  return [manual(base, told.reason, told.suggestion)];
}

/** The keys of a section whose values are, or hold, secrets. */
function secretsIn(document: FlyDocument, section: SemanticPath): readonly SemanticPath[] {
  const value = valueAt(document, section);
  const tables = Array.isArray(value)
    ? value.map((_, at) => [...section, String(at)])
    : isTable(value)
      ? [section]
      : [];
  return tables.flatMap((path) =>
    entriesAt(document, path).flatMap(([name, held]) =>
      typeof held === 'string' && holdsSecret(name, held) ? [[...path, name]] : [],
    ),
  );
}

const COMMITTED = 'what was committed has to be replaced, and the new value goes to the vault';

function inVariables(document: FlyDocument): readonly Finding[] {
  const paths = secretsIn(document, ['env']);
  const set = paths.map((path) => `${path.at(-1) ?? ''}=...`).join(' ');
  return finding(document, paths, {
    ...{ where: '[env]', reason: COMMITTED },
    suggestion: `take the ${paths.length === 1 ? 'line' : 'lines'} out after fly secrets set ${set}`,
  });
}

function inBuildArguments(document: FlyDocument): readonly Finding[] {
  const paths = secretsIn(document, ['build', 'args']);
  const given = paths.map((path) => `--build-secret ${path.at(-1) ?? ''}=...`).join(' ');
  return finding(document, paths, {
    where: '[build.args]',
    reason:
      'an argument stays in the image too: what was committed has to be replaced, and mounted as a secret',
    suggestion: `RUN --mount=type=secret in the Dockerfile, and fly deploy ${given}`,
  });
}

/** The headers of all checks: of the top level, of the http_service and of each service. */
function inHeaders(document: FlyDocument): readonly Finding[] {
  const headers = [...document.headers, ...document.inlines].filter(
    ({ path }) => path.at(-1) === 'headers' && path.some((part) => /^(?:http_)?checks$/.test(part)),
  );
  return headers.flatMap(({ path, pairs }) => {
    const secret = pairs.filter((pair) => {
      const name = pair.path.at(-1) ?? '';
      const value = valueAt(document, pair.path);
      if (typeof value !== 'string' || value === '') return false;
      return SECRET_HEADER.test(name) || holdsSecret(name, value);
    });
    return finding(
      document,
      secret.map((pair) => pair.path),
      {
        where: `the headers of a check (${path.filter((part) => !/^\d+$/.test(part)).join('.')})`,
        reason:
          'a header of a check is written out in the configuration: what was committed has to be replaced',
        suggestion: 'let the path that is asked for answer without a secret, on a port that is not published',
      },
    );
  });
}

/** Files whose content is written into the configuration, in base64. */
function inFiles(document: FlyDocument): readonly Finding[] {
  const files = valueAt(document, ['files']);
  const count = Array.isArray(files) ? files.length : 0;
  return Array.from({ length: count }, (_, at) => ['files', String(at)]).flatMap((path) => {
    const raw = valueAt(document, [...path, 'raw_value']);
    const target = valueAt(document, [...path, 'guest_path']);
    if (typeof raw !== 'string' || typeof target !== 'string') return [];
    const content = Buffer.from(raw, 'base64').toString('utf8');
    const name = target.slice(target.lastIndexOf('/') + 1);
    const secret = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(content) || redact(content) !== content;
    if (!secret && !holdsSecret(name, content)) return [];
    // The line is not cited: base64 hides nothing, and no name on it says secret.
    const base = {
      subject: ['files'],
      range: rangeAt(document, path),
      message: `the raw_value of ${target} is or holds a secret`,
      evidence: [citePath(document, [...path, 'guest_path'])],
    };
    return [
      manual(
        base,
        COMMITTED,
        `fly secrets set NAME=$(base64 < ${name}), and secret_name = "NAME" in its place`,
      ),
    ];
  });
}

function inCommands(document: FlyDocument): readonly Finding[] {
  const commands: readonly SemanticPath[] = [
    ...entriesAt(document, ['processes']).map(([name]) => ['processes', name]),
    ...['cmd', 'entrypoint', 'exec'].map((name) => ['experimental', name]),
    ...['release_command', 'seed_command'].map((name) => ['deploy', name]),
    ['console_command'],
  ];
  const paths = commands.filter((path) => {
    const command = textsOf(valueAt(document, path)).join(' ');
    return redact(command) !== command;
  });
  return finding(document, paths, {
    where: 'the commands',
    reason: COMMITTED,
    suggestion: 'fly secrets set NAME=..., and let the program read the variable',
  });
}
