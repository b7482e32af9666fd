// What the programs of docker-compose.yml would make of their environment, by their own code.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const DIST = new URL('../dist/', import.meta.url);
/** The only secret that is empty at first. */
const FILLED_LATER = 'metrics-key';

/**
 * Reads the environment of each service of ours with the readers of the built programs, the secrets made anew in a folder that is removed
 * afterwards: what would end a container at its start is a finding here.
 */
export async function checkPrograms(compose, isOurs, finding) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'driftledger-secrets-'));
  try {
    execFileSync(process.execPath, [new URL('compose-secrets.mjs', import.meta.url).pathname, folder]);
    checkFiles(compose, folder, finding);
    const readers = await programReaders();
    for (const [name, service] of Object.entries(compose.services ?? {}))
      if (isOurs(service)) checkProgram({ where: `services/${name}`, service, compose, folder, readers }, finding);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Every file that Compose reads from `secrets/` is one that `compose-secrets.mjs` makes. */
function checkFiles(compose, folder, finding) {
  const check = (where, file) => {
    const made = path.join(folder, path.basename(file));
    if (!/^\.\/secrets\/[^/]+$/.test(file) || !fs.existsSync(made)) finding(where, `${file} is not made by compose:secrets`);
    else if (path.basename(file) !== FILLED_LATER && fs.statSync(made).size === 0) finding(where, `${file} is empty`);
  };
  for (const [name, { file } = {}] of Object.entries(compose.secrets ?? {})) if (file !== undefined) check(`secrets/${name}`, file);
  for (const [name, { env_file: file }] of Object.entries(compose.services ?? {})) if (file !== undefined) check(`services/${name}`, file);
}

async function programReaders() {
  const load = (file) => import(new URL(file, DIST).href);
  try {
    const { readConfiguration, readServers } = await load('libs/configuration/src/index.js');
    const { parseConnectionString } = await load('libs/event-store/src/eventstoredb/connection-string.js');
    return { readConfiguration, readServers, parseConnectionString };
  } catch (cause) {
    throw new Error('the programs have to be built first: npm run build', { cause });
  }
}

function checkProgram({ where, service, compose, folder, readers }, finding) {
  const entry = /^dist\/(apps\/[a-z]+\/src\/main\.js)$/.exec(service.command?.[0] ?? '')?.[1];
  if (entry === undefined) finding(where, 'starts no program of ours');
  else if (!fs.existsSync(new URL(entry, DIST))) finding(where, `${service.command[0]} does not exist`);
  const environment = Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [name, inPlace(String(value), compose, folder)]),
  );
  try {
    for (const name of readers.readConfiguration(environment).unknown) finding(where, `${name} means nothing to a program`);
    const servers = readers.readServers(environment);
    const log = readers.parseConnectionString(servers.eventStore);
    checkHosts({ where, service, compose }, { servers, log }, finding);
    checkCertificate(where, { folder, log }, finding);
  } catch (error) {
    for (const problem of error.problems ?? [error.message]) finding(where, problem);
  }
}

/** Secrets are where they were made, and variables of the shell have their defaults. */
function inPlace(value, compose, folder) {
  const withDefaults = value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
  return withDefaults.replace(/\/run\/secrets\/([\w.-]+)/g, (whole, name) => {
    const file = compose.secrets?.[name]?.file;
    return file === undefined ? whole : path.join(folder, path.basename(file));
  });
}

/** A program reaches those services only with which it shares a network. */
function checkHosts({ where, service, compose }, { servers, log }, finding) {
  const hosts = [
    ...log.hosts.map(({ address }) => address),
    ...[servers.clickHouse.url, ...servers.nats.servers].map((url) => new URL(url).hostname),
  ];
  if (servers.advertisedUrl !== undefined) hosts.push(new URL(servers.advertisedUrl).hostname);
  for (const host of hosts) {
    const networks = compose.services[host]?.networks ?? [];
    if (!networks.some((network) => (service.networks ?? []).includes(network))) finding(where, `does not reach ${host}`);
  }
}

/** What the server of the log shows is believed by a program: the right name, signed by the authority it was given. */
function checkCertificate(where, { folder, log }, finding) {
  const shown = new X509Certificate(fs.readFileSync(path.join(folder, 'kurrentdb-node.crt')));
  for (const { address } of log.hosts)
    if (shown.checkHost(address) === undefined) finding(where, `the certificate of the log is not for ${address}`);
  if (!log.authority || !shown.verify(new X509Certificate(log.authority).publicKey))
    finding(where, 'the certificate of the log is signed by an authority it does not know');
  if (!log.credentials) finding(where, 'has no user for the log');
}
