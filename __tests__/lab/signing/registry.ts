import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** A registry on the loopback interface. */
export interface Registry {
  /** `localhost:PORT`, which clients reach without TLS. */
  readonly host: string;
  /** Pushes an image with an SBOM as BuildKit does, without a tag, and returns its digest. */
  push(repository: string, content: string): Promise<string>;
  /** Lets a tag stand for a digest. */
  tag(repository: string, tag: string, digest: string): Promise<void>;
  /** What a tag stands for; undefined without it. */
  digestOf(repository: string, tag: string): Promise<string | undefined>;
  stop(): void;
}

interface Stored {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Starts Debian's registry on data in a folder. */
export async function startRegistry(program: string, folder: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const config = join(folder, 'registry.yml');
  writeFileSync(
    config,
    `version: 0.1\nstorage: { filesystem: { rootdirectory: ${JSON.stringify(folder)} } }\nhttp: { addr: "127.0.0.1:${port}" }\nlog: { level: error }\n`,
  );
  const child = spawn(program, ['serve', config], { stdio: 'ignore' });
  const base = `http://127.0.0.1:${port}/v2`;
  for (let tries = 0; !(await answers(base)); tries++) {
    if (tries === 50) throw new Error('the registry does not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    host: `localhost:${port}`,
    push: (repository, content) => pushImage(`${base}/${repository}`, content),
    tag: async (repository, tag, digest) => {
      const found = await fetch(`${base}/${repository}/manifests/${digest}`, { headers: { accept: INDEX } });
      await put(`${base}/${repository}/manifests/${tag}`, INDEX, await found.text());
    },
    digestOf: async (repository, tag) => {
      const found = await fetch(`${base}/${repository}/manifests/${tag}`, {
        method: 'HEAD',
        headers: { accept: INDEX },
      });
      return found.headers.get('docker-content-digest') ?? undefined;
    },
    stop: () => child.kill('SIGTERM'),
  };
}

/** https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md */
async function pushImage(base: string, content: string): Promise<string> {
  const image = await pushManifest(base, {
    config: { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [] } },
    layer: content,
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    annotations: {},
  });
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://spdx.dev/Document',
    subject: [{ name: '_', digest: { sha256: image.digest.slice('sha256:'.length) } }],
    predicate: { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: content },
  };
  const attestation = await pushManifest(base, {
    config: { architecture: 'unknown', os: 'unknown', config: {}, rootfs: { type: 'layers', diff_ids: [] } },
    layer: JSON.stringify(statement),
    mediaType: 'application/vnd.in-toto+json',
    annotations: { 'in-toto.io/predicate-type': statement.predicateType },
  });
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [
      { ...image, platform: { architecture: 'amd64', os: 'linux' } },
      {
        ...attestation,
        platform: { architecture: 'unknown', os: 'unknown' },
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': image.digest,
        },
      },
    ],
  });
  const digest = digestOf(index);
  await put(`${base}/manifests/${digest}`, INDEX, index);
  return digest;
}

async function pushManifest(
  base: string,
  of: {
    readonly config: object;
    readonly layer: string;
    readonly mediaType: string;
    readonly annotations: Readonly<Record<string, string>>;
  },
): Promise<Stored> {
  const config = await pushBlob(base, 'application/vnd.oci.image.config.v1+json', JSON.stringify(of.config));
  const layer = await pushBlob(base, of.mediaType, of.layer);
  const layers = [{ ...layer, annotations: of.annotations }];
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers });
  const digest = digestOf(manifest);
  await put(`${base}/manifests/${digest}`, MANIFEST, manifest);
  return { mediaType: MANIFEST, digest, size: Buffer.byteLength(manifest) };
}

async function pushBlob(base: string, mediaType: string, text: string): Promise<Stored> {
  const started = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(started.headers.get('location') ?? '', base);
  const digest = digestOf(text);
  place.searchParams.set('digest', digest);
  await put(place.href, 'application/octet-stream', text);
  return { mediaType, digest, size: Buffer.byteLength(text) };
}

async function put(url: string, type: string, body: string): Promise<void> {
  const done = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body });
  if (!done.ok) throw new Error(`the registry answers ${done.status} to ${url}: ${await done.text()}`);
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

async function answers(base: string): Promise<boolean> {
  try {
    return (await fetch(`${base}/`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
