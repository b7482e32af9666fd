import { existsSync } from 'node:fs';
import { CONTEXTS, filesBelow, libs, textOf } from './source-files.js';

/** First part of a stream name: what a stream is about. A new one is a decision (CONTRIBUTING.md, rule 2). */
const CATEGORIES = [
  'access',
  'alert',
  'checkpoint',
  'deployment',
  'intent',
  'labels',
  'measurements',
  'monitor',
  'parked',
  'predictions',
  'principal',
];

type Definition = { readonly lib: string; readonly type: string; readonly version: number };

const sourcesOf = (lib: string): readonly string[] =>
  filesBelow(`libs/${lib}/src`)
    .filter((file) => file.endsWith('.ts') && !/\.(spec|contract)\.ts$/.test(file))
    .map((file) => `libs/${lib}/src/${file}`);

const definitionsIn = (lib: string): readonly Definition[] =>
  sourcesOf(lib).flatMap((file) =>
    [...textOf(file).matchAll(/defineEvent\(\s*'(\w+)',\s*\{\s*version: (\d+)/g)].map(([, type = '', version = '0']) => ({
      lib,
      type,
      version: Number(version),
    })),
  );

const definitions = libs().flatMap(definitionsIn);

describe('events', () => {
  it('of every context were found by this spec', () => {
    const found = new Set(definitions.map(({ lib }) => lib));
    const withEvents = CONTEXTS.filter((lib) => existsSync(`libs/${lib}/src/events.ts`));
    expect(withEvents.filter((lib) => !found.has(lib))).toEqual([]);
  });

  it('have names that are unique in the whole project', () => {
    const names = definitions.map(({ type }) => type);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('are named as facts, not as intentions and not as changes of data', () => {
    const empty = /(Updated|Modified|Processed|Handled|Created|Deleted)$/;
    // A monitor is brought into being by its creation; nothing else of it says more.
    const allowed = ['MonitorCreated'];
    expect(definitions.map(({ type }) => type).filter((type) => empty.test(type) && !allowed.includes(type))).toEqual([]);
    expect(definitions.map(({ type }) => type).filter((type) => !/^[A-Z][a-zA-Z0-9]+$/.test(type))).toEqual([]);
  });

  it('have a golden file for each version that ever was', () => {
    const missing = definitions.flatMap(({ lib, type, version }) =>
      Array.from({ length: version }, (_, index) => `libs/${lib}/src/events.history/${type}.v${index + 1}.json`).filter(
        (file) => !existsSync(file),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('have no golden file that belongs to none of them', () => {
    const stray = libs()
      .flatMap((lib) => filesBelow(`libs/${lib}/src`).filter((file) => file.startsWith('events.history/')))
      .map((file) => /^events\.history\/(\w+)\.v\d+\.json$/.exec(file)?.[1] ?? file)
      .filter((type) => !definitions.some((definition) => definition.type === type));
    expect(stray).toEqual([]);
  });
});

describe('streams', () => {
  const named = libs().flatMap((lib) =>
    sourcesOf(lib).flatMap((file) => {
      const text = textOf(file);
      const templates = [...text.matchAll(/[Ss]tream\w*(?:\s*=\s*|\()[^`'\n]*[`']([A-Za-z]+)-(?:\$\{|')/g)].map(
        ([, category = '']) => category,
      );
      const returned = [...text.matchAll(/[Ss]tream\w* = \([^)]*\): string =>\s*`([A-Za-z]+)-\$\{/g)].map(([, category = '']) => category);
      const prefixes = [...text.matchAll(/_STREAMS = '([A-Za-z]+)-'/g)].map(([, category = '']) => category);
      const kinds = [...text.matchAll(/readonly category = '(\w+)'/g)].map(([, category = '']) => category);
      const appended = [...text.matchAll(/append\(`([A-Za-z]+)-\$\{/g)].map(([, category = '']) => category);
      return [...templates, ...returned, ...prefixes, ...kinds, ...appended];
    }),
  );

  it('are of the categories that are known, and every category is used', () => {
    expect(named.filter((category) => !CATEGORIES.includes(category))).toEqual([]);
    expect(CATEGORIES.filter((category) => !named.includes(category))).toEqual([]);
  });
});
