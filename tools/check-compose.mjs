#!/usr/bin/env node
// Checks docker-compose.yml without an engine: against the schema of the Compose Specification, by rules of our own, and with the code of
// the programs, which read their environment and their secrets as they would in a container (`npm run build` first). Prints what is wrong,
// one finding a line, and ends with 1 when there is any. `check-compose.mjs FILE` checks another file.
import fs from 'node:fs';
import Ajv from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { checkPrograms } from './check-compose-programs.mjs';

const FILE = process.argv[2] ?? 'docker-compose.yml';
const SCHEMA = JSON.parse(fs.readFileSync(new URL('compose-spec.schema.json', import.meta.url), 'utf8'));
const OWN_IMAGE = /^driftledger:\d/;

const compose = parse(fs.readFileSync(FILE, 'utf8'), { merge: true });
const findings = [];
const finding = (where, what) => findings.push(`${where}: ${what}`);

// Formats are those of Docker (durations such as 10s), not of JSON Schema.
const validate = new Ajv.default({ strict: false, validateFormats: false, allErrors: true }).compile(SCHEMA);
if (!validate(compose)) for (const { instancePath, message } of validate.errors) finding(instancePath || '/', message);

const checkImage = (where, { image, build }) => {
  if (image === undefined) return finding(where, 'has no image');
  const tag = /:([^:/@]+)(@sha256:[0-9a-f]{64})?$/.exec(image)?.[1];
  if (tag === undefined) return finding(where, `${image} is not pinned`);
  if (tag === 'latest' || !/\d+\.\d+\.\d+/.test(tag)) finding(where, `${image} is not pinned to one version`);
  if (build && !OWN_IMAGE.test(image)) finding(where, `builds ${image}, which is not ours`);
};

/** Written by a program, so not a secret that it reads. */
const WRITTEN = 'DRIFTLEDGER_ADMIN_KEY_FILE';

const checkEnvironment = (where, { environment = {}, volumes = [] }) => {
  if (Array.isArray(environment)) return finding(where, 'environment is written as a map');
  for (const [name, value] of Object.entries(environment)) {
    if (/(PASSWORD|SECRET|TOKEN|KEY)$/.test(name)) finding(where, `${name} is a secret: give a file`);
    if (/:\/\/[^/@]*:[^/@]*@/.test(String(value))) finding(where, `${name} has a password in its address: give a file`);
    if (name === WRITTEN) {
      if (!volumes.some((volume) => String(value).startsWith(`${String(volume).split(':')[1]}/`)))
        finding(where, `${name} is on no volume`);
    } else if (/_FILE$/.test(name) && !String(value).startsWith('/run/secrets/')) finding(where, `${name} is not a file of a secret`);
  }
};

const checkPorts = (where, { ports = [] }) => {
  for (const port of ports) if (!String(port).startsWith('127.0.0.1:')) finding(where, `${String(port)} is published beyond this machine`);
};

const checkSecrets = (where, { secrets = [], environment = {} }) => {
  const given = secrets.map((secret) => (typeof secret === 'string' ? secret : secret.source));
  for (const name of given) if (!compose.secrets?.[name]) finding(where, `the secret ${name} is not declared`);
  const mounted = new Set(
    secrets.filter((secret) => typeof secret === 'string' || secret.target === undefined).map((secret) => secret.source ?? secret),
  );
  for (const value of Object.values(environment))
    for (const [, name] of String(value).matchAll(/\/run\/secrets\/([\w.-]+)/g))
      if (!mounted.has(name)) finding(where, `reads ${name}, which it is not given`);
};

const checkDependencies = (where, { depends_on: dependencies = {} }) => {
  for (const [name, about] of Object.entries(dependencies)) {
    if (!compose.services[name]) finding(where, `depends on ${name}, which does not exist`);
    if (about?.condition !== 'service_healthy') finding(where, `starts before ${name} is healthy`);
  }
};

const checkVolumes = (where, { volumes = [] }) => {
  for (const volume of volumes.map(String)) {
    const [source] = volume.split(':');
    if (source.startsWith('.')) {
      if (!fs.existsSync(source)) finding(where, `${source} does not exist`);
      if (!volume.endsWith(':ro')) finding(where, `${source} is written to`);
    } else if (!Object.hasOwn(compose.volumes ?? {}, source)) finding(where, `the volume ${source} is not declared`);
  }
};

/** Files of ours that a service is given may name secrets as well. */
const checkMountedFiles = (where, { volumes = [], secrets = [] }) => {
  for (const folder of volumes
    .map((volume) => String(volume).split(':')[0])
    .filter((source) => source.startsWith('.') && fs.existsSync(source))) {
    const files = fs.statSync(folder).isDirectory()
      ? fs.readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`)
      : [folder];
    for (const file of files.filter((name) => fs.statSync(name).isFile()))
      for (const [, name] of fs.readFileSync(file, 'utf8').matchAll(/\/run\/secrets\/([\w.-]+)/g))
        if (!secrets.includes(name)) finding(where, `${file} reads ${name}, which it is not given`);
  }
};

const CHECKS = [checkImage, checkEnvironment, checkPorts, checkSecrets, checkDependencies, checkVolumes, checkMountedFiles];

for (const [name, service] of Object.entries(compose.services ?? {})) {
  const where = `services/${name}`;
  for (const check of CHECKS) check(where, service);
  if (!service.healthcheck?.test) finding(where, 'has no healthcheck');
  if (service.mem_limit === undefined || service.cpus === undefined) finding(where, 'has no limits');
  if (service.restart === undefined) finding(where, 'does not start again');
  if (OWN_IMAGE.test(service.image) && (!service.init || !service.read_only)) finding(where, 'has no init or a writable root');
}
for (const [name, { file } = {}] of Object.entries(compose.secrets ?? {}))
  if (file === undefined) finding(`secrets/${name}`, 'does not come from a file');
await checkPrograms(compose, (service) => OWN_IMAGE.test(service.image), finding);

for (const line of findings) console.error(line);
if (findings.length > 0) process.exitCode = 1;
else console.log(`${FILE}: ${Object.keys(compose.services).length} services, nothing to say`);
