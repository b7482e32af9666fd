import 'reflect-metadata';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

export type ServerCertificate = { readonly certificate: Buffer; readonly key: Buffer };

const pairOfKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** An authority and a certificate of it for localhost, written as `ca.pem`, `server.pem` and `server.key`. */
const make = async (directory: string, expired: boolean): Promise<void> => {
  const now = Date.now();
  const [authorityKeys, serverKeys] = await Promise.all([pairOfKeys(), pairOfKeys()]);
  const authority = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Protocol facade authority',
    notBefore: new Date(now - 3 * DAY_MS),
    notAfter: new Date(now + 30 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys: authorityKeys,
    extensions: [
      new BasicConstraintsExtension(true, 1, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const server = await X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=Protocol facade',
    issuer: authority.subject,
    notBefore: new Date(now - 2 * DAY_MS),
    notAfter: new Date(now + (expired ? -DAY_MS : 30 * DAY_MS)),
    signingAlgorithm: ALGORITHM,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new ExtendedKeyUsageExtension([SERVER_AUTHENTICATION]),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey), PemConverter.PrivateKeyTag);
  writeFileSync(join(directory, 'server.key'), key);
  writeFileSync(join(directory, 'server.pem'), server.toString('pem'));
  writeFileSync(join(directory, 'ca.pem'), authority.toString('pem'));
};

/** What the server shows. Made at run time, once per directory: a repository is no place for keys. */
export const serverCertificate = async (directory: string, expired: boolean): Promise<ServerCertificate> => {
  if (!existsSync(join(directory, 'ca.pem'))) await make(directory, expired);
  return { certificate: readFileSync(join(directory, 'server.pem')), key: readFileSync(join(directory, 'server.key')) };
};
