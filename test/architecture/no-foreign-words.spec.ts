import { repositoryFiles, textOf } from './source-files.js';

const BINARY = /\.(onnx|parquet|png|jpg|gz|ico)$/;
const GENERATED = /(^|\/)(package-lock\.json|oracles\/.*\.json)$/;
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

describe('texts of the repository', () => {
  it('name no folder of anybody’s machine', () => {
    expect(
      findings(
        MACHINE_PATH,
        files.filter((file) => !GENERATED.test(file) && !file.endsWith('no-foreign-words.spec.ts')),
      ),
    ).toEqual([]);
  });

  it('point to no host but known ones', () => {
    const foreign = files
      .filter((file) => !GENERATED.test(file))
      .flatMap((file) =>
        [...textOf(file).matchAll(/\b(?:https?|wss?):\/\/(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)/g)]
          .map(([, host = '']) => host.toLowerCase())
          .filter((host) => !/^[\d.]*$|^[^.]*$/.test(host) || host.includes('registry'))
          .filter((host) => !KNOWN_HOSTS.some((known) => known.test(host)))
          .map((host) => `${file}: ${host}`),
      );
    expect([...new Set(foreign)]).toEqual([]);
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
