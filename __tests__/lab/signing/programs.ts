import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../../src/io/process.js';
import { download, suiteSources } from '../machine.js';

/** What is needed, by the first release of Debian that has it in a version that does what the workflow asks for. */
const PACKAGES = {
  trixie: ['docker-registry', 'docker-buildx', 'docker-compose'],
  // cosign 3, as the action installs.
  sid: ['cosign'],
} as const;

/** The folders with the programs, unpacked: an installed registry would be started by its package. */
export async function fetchPrograms(folder: string): Promise<readonly string[]> {
  const [root, done] = [join(folder, 'root'), join(folder, 'complete')];
  const wanted = JSON.stringify(PACKAGES);
  const programs = [join(root, 'usr/bin'), join(root, 'usr/libexec/docker/cli-plugins')];
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return programs;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const [suite, packages] of Object.entries(PACKAGES))
    await download(packages, folder, await suiteSources(folder, suite));
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.deb')))
    await must('dpkg-deb', ['-x', join(folder, name), root]);
  writeFileSync(done, wanted);
  return programs;
}

/** The two plugins under the name by which a workflow calls them: no daemon is needed for what it asks of them. */
const DOCKER = `#!/bin/sh
plugin=$1
shift
exec "docker-$plugin" "$@"
`;

/**
 * cosign, with what Sigstore's public services would give: the certificate comes from the lab's own authority, and there is
 * no log. The arguments of who calls it are passed on as they are.
 */
const COSIGN = `#!/bin/sh
case $1 in
  sign | attest)
    exec "$LAB_COSIGN" "$@" --use-signing-config=false --tlog-upload=false --new-bundle-format=false \\
      --key "$LAB_SIGNER/key.key" --certificate "$LAB_SIGNER/leaf.pem" --certificate-chain "$LAB_SIGNER/ca.pem" ;;
  verify | verify-attestation)
    case " $* " in
      *' --key '*) exec "$LAB_COSIGN" "$@" --insecure-ignore-tlog=true ;;
      *) exec "$LAB_COSIGN" "$@" --insecure-ignore-tlog=true --insecure-ignore-sct=true --ca-roots "$LAB_AUTHORITY" ;;
    esac ;;
esac
exit 64
`;

/** A folder of programs that go before those of the system. */
export function makeShims(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries({ docker: DOCKER, cosign: COSIGN })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}
