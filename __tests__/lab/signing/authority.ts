import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../../src/io/process.js';

/** How long a certificate of the lab holds. */
const DAYS = '2';

/** An authority in the place of Fulcio: `ca.pem` in the folder. */
export async function makeAuthority(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'ca.cnf'),
    '[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n',
  );
  await openssl(folder, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ca.key']);
  await openssl(folder, [
    ...['req', '-x509', '-new', '-key', 'ca.key', '-subj', '/CN=lab', '-days', DAYS, '-out', 'ca.pem'],
    ...['-config', 'ca.cnf', '-extensions', 'ca'],
  ]);
  return join(folder, 'ca.pem');
}

/**
 * A signer with a certificate as Fulcio makes one for a pipeline: the identity as its subject, and the issuer of the
 * pipeline's token. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
export async function makeSigner(
  authority: string,
  folder: string,
  cosign: string,
  who: { readonly identity: string; readonly issuer: string },
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const issuerBytes = Buffer.from(who.issuer).toString('hex');
  writeFileSync(
    join(folder, 'leaf.cnf'),
    [
      '[req]\ndistinguished_name=dn\n[dn]\n[leaf]\nbasicConstraints=critical,CA:FALSE',
      'keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning',
      `subjectAltName=critical,URI:${who.identity}`,
      `1.3.6.1.4.1.57264.1.1=DER:${issuerBytes}`,
      `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${who.issuer}\n`,
    ].join('\n'),
  );
  await openssl(folder, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'leaf.key']);
  await openssl(folder, [
    ...['req', '-new', '-key', 'leaf.key', '-subj', '/O=lab', '-out', 'leaf.csr', '-config', 'leaf.cnf'],
  ]);
  const ca = join(authority, 'ca');
  await openssl(folder, [
    ...['x509', '-req', '-in', 'leaf.csr', '-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial'],
    ...['-days', DAYS, '-extfile', 'leaf.cnf', '-extensions', 'leaf', '-out', 'leaf.pem'],
  ]);
  await must('cp', [`${ca}.pem`, folder]);
  await must(cosign, ['import-key-pair', '--key', 'leaf.key', '--output-key-prefix', 'key'], {
    cwd: folder,
    env: { COSIGN_PASSWORD: '' },
  });
  return folder;
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  await must('openssl', args, { cwd });
}
