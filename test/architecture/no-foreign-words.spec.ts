import { repositoryFiles, textOf } from './source-files.js';

const BINARY = /\.(onnx|parquet|png|jpg|gz|ico)$/;
const GENERATED = /(^|\/)(package-lock\.json|oracles\/.*\.json)$/;
const OWN = 'test/architecture/no-foreign-words.spec.ts';
const files = repositoryFiles().filter((file) => !BINARY.test(file));

/** Hosts a text of this project may point to: itself, examples, and sources a reader can look up. */
const KNOWN_HOSTS = [
  /^(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|10(\.\d+){3}|192\.168(\.\d+){2}|203\.0\.113\.\d+)$/,
  /(^|\.)(example|invalid|test)(\.(com|org|net))?$/,
  /^(www\.)?(apache\.org|rfc-editor\.org|doi\.org|github\.com|w3\.org|contributor-covenant\.org)$/,
  /^(json\.schemastore\.org|swc\.rs|unpkg\.com|numpy\.org|docs\.scipy\.org|clickhouse\.com|nodejs\.org)$/,
];
/** Folders of a machine, in text that is about this project. */
const MACHINE_PATH = /(?<![\w.$})\]/-])\/(home|Users|root|work|workspace|mnt|media|private)\/[\w.-]+/;

const findings = (pattern: RegExp, among: readonly string[]): readonly string[] =>
  among.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );

const foreignHosts = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:https?|wss?):\/\/(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)/g)]
    .map(([, host = '']) => host.toLowerCase())
    // A bare word is a placeholder; a bare registry is none.
    .filter((host) => !/^[\d.]*$|^[^.]*$/.test(host) || /registry|mirror|proxy/.test(host))
    .filter((host) => !KNOWN_HOSTS.some((known) => known.test(host)));

describe('texts of the repository', () => {
  it('name no folder of anybody’s machine', () => {
    expect(
      findings(
        MACHINE_PATH,
        files.filter((file) => !GENERATED.test(file) && file !== OWN),
      ),
    ).toEqual([]);
  });

  it('point to no host but known ones', () => {
    const foreign = files
      .filter((file) => !GENERATED.test(file) && file !== OWN)
      .flatMap((file) => foreignHosts(textOf(file)).map((host) => `${file}: ${host}`));
    expect([...new Set(foreign)]).toEqual([]);
  });

  it('would be caught by these patterns', () => {
    for (const text of ['see /home/anna/notes', '`/mnt/build`', '"/Users/bob/x"', '(/private/x)']) expect(text).toMatch(MACHINE_PATH);
    for (const text of ['/v1/deployments/work', 'apps/root/x', '/data', '${base}/work/x']) expect(text).not.toMatch(MACHINE_PATH);
    expect(foreignHosts('http://registry:4873/x and https://npm.corp.internal/y')).toEqual(['registry', 'npm.corp.internal']);
    expect(foreignHosts('http://127.0.0.1:4000 https://github.com/x http://server')).toEqual([]);
  });

  it('leave no work for later', () => {
    const later = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|X{3})\\b`);
    expect(
      findings(
        later,
        files.filter((file) => /\.(ts|js|mjs|cjs|graphql|sql|py)$/.test(file)),
      ),
    ).toEqual([]);
  });
});

describe('the lock file', () => {
  const lock = textOf('package-lock.json');

  it('records no address packages were downloaded from', () => {
    expect(lock).not.toMatch(/"resolved":\s*"https?:/);
  });

  it('holds every package by its digest', () => {
    expect(lock.match(/"integrity": "sha512-/g)?.length).toBeGreaterThan(300);
  });
});

describe('the settings of npm', () => {
  it('run no script of a package, and name no registry', () => {
    expect(textOf('.npmrc')).toContain('ignore-scripts=true');
    expect(textOf('.npmrc')).not.toContain('registry');
  });
});
