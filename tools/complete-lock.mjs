#!/usr/bin/env node
// Some registries lack optional packages of foreign platforms; npm then leaves them out of package-lock.json and `npm ci` of npm 11
// refuses the lock. This adds the missing entries, by name and version only. Run it after every `npm install <package>`.
import fs from 'node:fs';

const FILE = process.argv[2] ?? 'package-lock.json';
const SYSTEMS = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony', 'netbsd', 'openbsd', 'sunos', 'aix'];
const PROCESSORS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];
const lock = JSON.parse(fs.readFileSync(FILE, 'utf8'));

/** Looks for a package where node would: beside the one that needs it, then in each folder above. */
function isLocked(from, name) {
  let folder = from;
  for (;;) {
    if (lock.packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
    if (!folder) return false;
    const cut = folder.lastIndexOf('/node_modules/');
    folder = cut < 0 ? '' : folder.slice(0, cut);
  }
}

function entryFor(name, version, dev) {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined;
  return {
    version,
    ...(dev && { dev: true }),
    optional: true,
    ...(os.length && { os }),
    ...(cpu.length && { cpu }),
    ...(libc && { libc }),
  };
}

let added = 0;
for (const [where, entry] of Object.entries({ ...lock.packages })) {
  delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(where, name)) continue;
    if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${where} wants ${name} ${version}: only exact versions can be added`);
    lock.packages[`node_modules/${name}`] = entryFor(name, version, entry.dev);
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} optional packages added to ${FILE}`);
