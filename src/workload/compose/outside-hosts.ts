import { parseDestination } from '../../core/destination.js';
import { cite } from '../../core/evidence.js';
import { redact } from '../../core/redact.js';
import type { Evidence } from '../../core/types.js';
import type { Stated } from '../stated.js';
import { variablesOf } from './environment.js';
import { parseEnvironmentFile } from './interpolate.js';
import { environmentFiles, matchIn, namesOf } from './mentions.js';
import type { ServiceView } from './project.js';

/** A host in a URL, with the port that it names or that its scheme means. */
const URL_HOST = /\b([a-z][a-z\d+.-]{0,20}):\/\/(?:[^\s/@,]*@)?(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?/gi;

/** Ports of the schemes that configurations name; those of HTTP are what a destination without one is for. */
const PORTS: Readonly<Record<string, number>> = {
  amqp: 5672,
  amqps: 5671,
  ftp: 21,
  imap: 143,
  imaps: 993,
  ldap: 389,
  ldaps: 636,
  mongodb: 27017,
  'mongodb+srv': 27017,
  mqtt: 1883,
  mysql: 3306,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
  sftp: 22,
  smtp: 25,
  smtps: 465,
  ssh: 22,
};

/** Variables whose whole value is a host that the program connects to. */
const NAMES_A_PEER = /(?:HOST|SERVER|ADDR(?:ESS)?|ENDPOINT|RELAY|SMARTHOST|UPSTREAM|BROKERS?)$/i;

/** Variables that tell a program under which name the world knows it. */
const OWN_NAME =
  /(?:^|_)(?:DOMAIN(?:_NAME)?|DOMAINS|VIRTUAL_HOST|LETSENCRYPT_HOST|ALLOWED_HOSTS?|TRUSTED\w*|SERVER_NAME|HOSTNAME|(?:BASE|SITE|PUBLIC|ROOT|APP|WEB|FRONTEND|EXTERNAL|CANONICAL|SELF|HOME)_?(?:URL|URI|HOST|ADDRESS|DOMAIN)|ORIGINS?|CORS\w*|CALLBACK\w*|REDIRECT\w*)$/i;

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly evidence: Evidence;
}

/**
 * The hosts outside of the project that a service's configuration names: in its environment, its environment files and its
 * command. A host in the code of its program is not among them.
 */
export function outsideHosts(view: ServiceView): readonly Stated[] {
  const settings = settingsOf(view);
  const port = new Map(settings.map(({ name, value }) => [name, value]));
  const own = new Set(
    view.project
      .services()
      .flatMap(namesOf)
      .map((name) => name.toLowerCase()),
  );
  const found = settings
    .filter(({ name }) => !OWN_NAME.test(name))
    .flatMap(({ name, value, evidence }) => {
      const urls = [...value.matchAll(URL_HOST)].map(([, scheme = '', host = '', written]) =>
        destinationOf(host, written ?? PORTS[scheme.toLowerCase()]),
      );
      const whole = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(value.trim());
      const beside = port.get(name.replace(NAMES_A_PEER, 'PORT'));
      const bare =
        whole !== null && NAMES_A_PEER.test(name) ? [destinationOf(whole[1]!, whole[2] ?? beside)] : [];
      return [...urls, ...bare].flatMap((word) =>
        word === undefined || own.has(word.replace(/:\d+$/, '')) ? [] : [{ value: word, evidence }],
      );
    });
  return [...new Map(found.map((host): [string, Stated] => [host.value, host])).values()];
}

/** A destination of another machine, as an override names it; undefined for what is none. */
function destinationOf(host: string, port: string | number | undefined): string | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (/(?:^|\.)localhost$|^(?:127\.|0\.0\.0\.0$|\[?::1?\]?$)/.test(name)) return undefined;
  const http = port === undefined || port === '' || /^(?:80|443)$/.test(String(port));
  const word = http ? name : `${name}:${port}`;
  return parseDestination(word) === undefined ? undefined : word;
}

function settingsOf(view: ServiceView): readonly Setting[] {
  const fill = (text: string): string => view.project.interpolate(text).text;
  const variables = view
    .fields('environment')
    .flatMap((field) =>
      variablesOf(field).flatMap(({ name, value, offset }) =>
        value === undefined ? [] : [{ name, value: fill(value), evidence: cite(field.document, offset) }],
      ),
    );
  const files = environmentFiles(view).paths.flatMap((path) => {
    const text = view.project.files.read(path) ?? '';
    const lines = text.split('\n');
    return [...parseEnvironmentFile(text)].map(([name, value]) => {
      const at = lines.findIndex((line) => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`).test(line));
      const line = { file: path, line: at + 1, text: redact(lines[at] ?? name).trim() };
      return { name, value, evidence: line };
    });
  });
  const commands = ['command', 'entrypoint'].flatMap((key) =>
    view.fields(key).flatMap((field) => {
      const texts: Setting[] = [];
      // Every word is looked at: none passes.
      matchIn(field.node, field.yaml, (text) => {
        texts.push({ name: '', value: fill(text), evidence: cite(field.document, field.offset) });
        return false;
      });
      return texts;
    }),
  );
  return [...variables, ...files, ...commands];
}
