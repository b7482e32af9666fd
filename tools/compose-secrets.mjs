#!/usr/bin/env node
// Makes what docker-compose.yml reads from `secrets/`, once: what exists is left as it is. Files are readable by others, because the
// servers in the containers are other users than whoever runs this; the folder is not. `compose-secrets.mjs FOLDER` takes another one.
import 'reflect-metadata';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as x509 from '@peculiar/x509';

const FOLDER = process.argv[2] ?? 'secrets';
const PUBLIC = 0o644;
fs.mkdirSync(FOLDER, { recursive: true, mode: 0o700 });

const placeOf = (name) => path.join(FOLDER, name);

/** The content of a secret, made when it is missing. */
function secret(name, make) {
  if (!fs.existsSync(placeOf(name))) fs.writeFileSync(placeOf(name), make(), { mode: PUBLIC });
  return fs.readFileSync(placeOf(name), 'utf8');
}
const password = () => crypto.randomBytes(24).toString('base64url');

const clickHouse = secret('clickhouse-password', password);
const digest = crypto.createHash('sha256').update(clickHouse).digest('hex');
secret(
  'clickhouse-users.xml',
  () => `<clickhouse>
  <users>
    <default remove="remove"/>
    <driftledger>
      <password_sha256_hex>${digest}</password_sha256_hex>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </driftledger>
  </users>
</clickhouse>
`,
);
const nats = secret('nats-password', password);
secret(
  'nats.conf',
  () => `port: 4222
http: 8222
jetstream { store_dir: "/data", max_file_store: 10G }
authorization { users: [{ user: "driftledger", password: "${nats}" }] }
`,
);
secret('grafana-password', password);
// Filled in once a key exists: docs/operations.md.
secret('metrics-key', () => '');

// KurrentDB takes the first passwords of its users from its environment alone, and at its first start only.
const admin = secret('kurrentdb-admin-password', password);
const ops = secret('kurrentdb-ops-password', password);
secret('kurrentdb.env', () => `KURRENTDB_DEFAULT_ADMIN_PASSWORD=${admin}\nKURRENTDB_DEFAULT_OPS_PASSWORD=${ops}\n`);
await certificates();
console.log(`secrets are in ${FOLDER}`);

/**
 * An authority, and with it a certificate for KurrentDB: RSA, which it can read, a common name of nodes, for servers and clients, since
 * nodes call each other. The key of the authority is kept nowhere: whoever needs another certificate deletes all three files.
 */
async function certificates() {
  const [authorityFile, nodeFile, keyFile] = ['kurrentdb-ca.crt', 'kurrentdb-node.crt', 'kurrentdb-node.key'];
  if ([authorityFile, nodeFile, keyFile].every((name) => fs.existsSync(placeOf(name)))) return;
  const days = 5 * 365;
  const [authorityKeys, nodeKeys] = await Promise.all([keyPair(), keyPair()]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validFor(days),
    serialNumber: serialNumber(),
    name: 'CN=Driftledger authority',
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const node = await x509.X509CertificateGenerator.create({
    ...validFor(days),
    serialNumber: serialNumber(),
    subject: 'CN=eventstoredb-node',
    issuer: authority.subject,
    publicKey: nodeKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'kurrentdb' },
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(nodeKeys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', nodeKeys.privateKey), x509.PemConverter.PrivateKeyTag);
  for (const [name, content] of [
    [authorityFile, authority.toString('pem')],
    [nodeFile, node.toString('pem')],
    [keyFile, key],
  ])
    fs.writeFileSync(placeOf(name), `${content.trim()}\n`, { mode: PUBLIC });
}

function keyPair() {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** An hour ago, so that clocks may differ. */
function validFor(days) {
  const now = Date.now();
  return { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + days * 86_400_000) };
}

/** Positive, as certificates want it. */
function serialNumber() {
  const bytes = crypto.randomBytes(16);
  bytes[0] = (bytes[0] & 0x7f) | 0x40;
  return bytes.toString('hex');
}
