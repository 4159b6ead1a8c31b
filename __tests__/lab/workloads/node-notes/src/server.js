import { mkdtemp, readdir, readFile, rename, writeFile, copyFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const data = process.env.DATA_DIR ?? './data';

async function store(name, text) {
  // First complete, then in place.
  const scratch = await mkdtemp(join(tmpdir(), 'note-'));
  await writeFile(join(scratch, name), text);
  await copyFile(join(scratch, name), join(data, `${name}.new`));
  await rename(join(data, `${name}.new`), join(data, name));
  await rm(scratch, { recursive: true });
}

const server = createServer(async (request, response) => {
  const name = request.url.slice(1).replaceAll(/[^a-z]/gu, '');
  try {
    if (request.method === 'PUT') {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      await store(name, Buffer.concat(chunks));
      response.writeHead(204).end();
    } else if (name === '') {
      response.end(`${(await readdir(data)).join(' ')}\n`);
    } else {
      response.end(await readFile(join(data, name)));
    }
  } catch (error) {
    console.error(error);
    response.writeHead(error.code === 'ENOENT' ? 404 : 500).end(error.message);
  }
});
server.listen(3000, '0.0.0.0');
process.on('SIGTERM', () => server.close());
