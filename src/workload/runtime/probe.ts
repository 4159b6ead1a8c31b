import type { Interpreter } from './image.js';

/** Where a program listens inside its container. */
export interface Address {
  readonly port: number;
  /** The environment variable that changes the port, when it reads one. */
  readonly variable: string | undefined;
  /** The path of a route that is known to answer; undefined for a connection by TCP. */
  readonly path: string | undefined;
  /** The variable that names the address it listens on, when it isn't all of them. */
  readonly host: string | undefined;
}

/** A check in the terms of HEALTHCHECK: the words of the JSON form, or a text that needs a shell. */
export type Probe = { readonly words: readonly string[] } | { readonly shell: string };

/** Status codes below 400 pass: a redirect to another scheme is an answer of a server that works. */
export function interpreterProbe({ language, program }: Interpreter, address: Address): Probe {
  switch (language) {
    case 'node':
      return { words: [program, '-e', nodeScript(address)] };
    case 'python':
      return { words: [program, '-c', pythonScript(address)] };
    case 'ruby':
      return { words: rubyWords(program, address) };
    case 'php':
      return { words: [program, '-r', phpScript(address)] };
  }
}

/** An error that nobody handles ends Node with status 1. */
function nodeScript({ port, variable, path, host }: Address): string {
  const number = variable === undefined ? String(port) : `process.env.${variable} || ${port}`;
  const name = host === undefined ? "'127.0.0.1'" : `process.env.${host} || '127.0.0.1'`;
  if (path === undefined) return `require('net').connect(${number}, ${name}, () => process.exit())`;
  return (
    `require('http').get({ host: ${name}, port: ${number}, path: '${path}' }, ` +
    '(answer) => process.exit(answer.statusCode < 400 ? 0 : 1))'
  );
}

function pythonScript({ port, variable, path }: Address): string {
  const number = variable === undefined ? String(port) : `int(os.environ.get('${variable}') or ${port})`;
  const imports = (...names: readonly string[]): string =>
    `import ${[...(variable === undefined ? [] : ['os']), ...names].join(', ')}; `;
  if (path === undefined) {
    return `${imports('socket')}socket.create_connection(('127.0.0.1', ${number}), 4)`;
  }
  return (
    `${imports('sys', 'http.client')}c = http.client.HTTPConnection('127.0.0.1', ${number}, timeout=4); ` +
    `c.request('GET', '${path}'); sys.exit(c.getresponse().status >= 400)`
  );
}

function rubyWords(program: string, { port, variable, path }: Address): string[] {
  const number = variable === undefined ? String(port) : `(ENV['${variable}'] || ${port}).to_i`;
  if (path === undefined) {
    return [program, '-rsocket', '-e', `Socket.tcp('127.0.0.1', ${number}, connect_timeout: 4) {}`];
  }
  const script = `exit Net::HTTP.get_response('127.0.0.1', '${path}', ${number}).code.to_i < 400`;
  return [program, '-rnet/http', '-e', script];
}

/** fsockopen knows only whether somebody listens: enough for Apache, and all there is for FastCGI. */
function phpScript({ port, variable }: Address): string {
  const number = variable === undefined ? String(port) : `(int) (getenv('${variable}') ?: ${port})`;
  return `exit(@fsockopen('127.0.0.1', ${number}) ? 0 : 1);`;
}

/** A variable needs a shell, which fills it in when the check runs. */
function withPort(address: Address, words: (port: string) => readonly string[]): Probe {
  const { port, variable } = address;
  if (variable === undefined) return { words: words(String(port)) };
  return { shell: words(`\${${variable}:-${port}}`).join(' ') };
}

export function httpProbe(client: 'curl' | 'wget', address: Address & { readonly path: string }): Probe {
  return withPort(address, (port) => {
    const url = `http://127.0.0.1:${port}${address.path}`;
    return client === 'curl'
      ? ['curl', '-fsS', '-o', '/dev/null', url]
      : ['wget', '-q', '-T', '4', '-O', '/dev/null', url];
  });
}

/** busybox resolves localhost to ::1 first: the address says what is meant. */
export function busyboxProbe(address: Address): Probe {
  return withPort(address, (port) => ['nc', '-z', '127.0.0.1', port]);
}

/** Only bash opens /dev/tcp, and its variables are its own to fill in. */
export function bashProbe({ port, variable }: Address): Probe {
  const number = variable === undefined ? String(port) : `\${${variable}:-${port}}`;
  return { words: ['bash', '-c', `: < /dev/tcp/127.0.0.1/${number}`] };
}
