#!/usr/bin/env node
// Makes the secrets docker-compose.yml reads from files, once: what exists is left as it is. Files are readable by others, because the
// servers in the containers are other users than whoever runs this; the folder is not.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const FOLDER = process.argv[2] ?? 'secrets';
fs.mkdirSync(FOLDER, { recursive: true, mode: 0o700 });

/** The content of a secret, made when it is missing. */
function secret(name, make) {
  const file = path.join(FOLDER, name);
  if (!fs.existsSync(file)) fs.writeFileSync(file, make(), { mode: 0o644 });
  return fs.readFileSync(file, 'utf8');
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
console.log(`secrets are in ${FOLDER}`);
