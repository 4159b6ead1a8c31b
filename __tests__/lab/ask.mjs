// Reads {port, requests, patience} from its standard input, asks the service in whose network namespace it runs, and
// prints the answers as JSON. Plain JavaScript, as it starts for each service. The address is another one of the
// loopback's than 127.0.0.1: a service that listens only there would not be reached through a published port either.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = '127.0.0.2';
const RECORDED = ['content-type', 'location', 'cache-control'];

const { port, requests, patience } = JSON.parse(await text(process.stdin));

function ask({ method = 'GET', path, headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: HOST, port, method, path, headers, timeout: 10_000 }, (response) => {
      text(response).then((content) => {
        const recorded = RECORDED.flatMap((name) =>
          response.headers[name] === undefined ? [] : [[name, response.headers[name]]],
        );
        resolve({ status: response.statusCode, headers: Object.fromEntries(recorded), body: content });
      }, reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', reject);
    asked.end(body);
  });
}

async function askUntilUp(first) {
  for (const end = Date.now() + patience; ; await sleep(100)) {
    try {
      return await ask(first);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

const answers = [];
for (const [at, item] of requests.entries())
  answers.push(at === 0 ? await askUntilUp(item) : await ask(item));
process.stdout.write(JSON.stringify(answers));
