import { existsSync } from 'node:fs';
import { CONTEXTS, filesBelow, libs, repositoryFiles, textOf } from './source-files.js';

const DOORS = ['index.ts', 'read.ts', 'graphql.ts', 'http.ts'];
const MODULES = ['write.module.ts', 'read.module.ts', 'graphql.module.ts', 'http.module.ts', 'edge.module.ts', 'evaluator.module.ts'];
/** Roles of the table in CONTRIBUTING.md; a second stream or edge puts its name in front, as in `measurements-decider.ts`. */
const ROLE = /^([a-z0-9]+-)*(events|commands|decider|evolve|reactor|projection|queries|resolver|controller)(\.int)?(\.spec)?\.ts$/;
/** Words that say nothing about what a file is for. */
const EMPTY_WORD = /(^|[-.])(utils?|helpers?|managers?|services?|handlers?|commons?|misc|shared|types|constants|infos?)([-.]|$)/;
const SUFFIX = /\.(int\.spec|accept\.spec|spec|contract|module|controller|command)?\.?ts$/;
const FOLDERS = ['events.history', 'http', 'queries', 'fixtures'];
const LINES_MAX = 250;
const CONTEXT_LINES_OF_README = 5;

const sourcesOf = (lib: string): readonly string[] => filesBelow(`libs/${lib}/src`);

describe('every context', () => {
  it.each(CONTEXTS)('%s has a door', (context) => {
    expect(existsSync(`libs/${context}/src/index.ts`)).toBe(true);
  });

  it.each(CONTEXTS)('%s says in a README what it decides', (context) => {
    expect(textOf(`libs/${context}/README.md`).split('\n').length).toBeGreaterThan(CONTEXT_LINES_OF_README);
  });

  it.each(CONTEXTS)('%s decides where it has commands, and defines events where it decides', (context) => {
    const files = sourcesOf(context);
    if (files.includes('commands.ts')) expect(files).toEqual(expect.arrayContaining(['decider.ts', 'events.ts', 'write.module.ts']));
    if (files.includes('resolver.ts'))
      expect(files).toEqual(expect.arrayContaining([`${context}.graphql`, 'graphql.module.ts', 'graphql.ts']));
    if (files.includes('read.ts')) expect(files).toEqual(expect.arrayContaining(['projection.ts', 'queries.ts']));
  });

  it.each(CONTEXTS)('%s has no modules and no folders but those of the table', (context) => {
    const files = sourcesOf(context);
    expect(files.filter((file) => file.endsWith('.module.ts') && !MODULES.includes(file))).toEqual([]);
    expect(files.filter((file) => file.includes('/') && !FOLDERS.includes(file.split('/')[0] ?? ''))).toEqual([]);
  });

  it.each(CONTEXTS)('%s gives a role to a file by its whole name', (context) => {
    const roles = /(event|command|decider|projection|quer|resolver|reactor)/;
    const odd = sourcesOf(context)
      .map((file) => file.split('/').at(-1) ?? file)
      .filter((name) => name.endsWith('.ts') && roles.test(name) && !ROLE.test(name))
      .filter((name) => !/^command-meta(\.int)?(\.spec)?\.ts$/.test(name));
    expect(odd).toEqual([]);
  });

  it.each(CONTEXTS)('%s leaves its SQL tables to itself', (context) => {
    const foreign = sourcesOf(context)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .flatMap((file) =>
        [...textOf(`libs/${context}/src/${file}`).matchAll(/\bINSERT INTO driftledger\.(\w+)/g)].map(([, table = '']) => table),
      )
      .filter((table) => !table.startsWith(`${context}_`));
    expect(foreign).toEqual([]);
  });
});

describe('every file of the code', () => {
  const files = repositoryFiles().filter((file) => /^(apps|libs|test)\/.*\.ts$/.test(file) && !file.endsWith('.d.ts'));

  it('is named in kebab-case by what it says', () => {
    const odd = files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(file.split('/').at(-1) ?? ''));
    expect(odd).toEqual([]);
    expect(
      files.filter((file) => !file.startsWith('test/') && EMPTY_WORD.test((file.split('/').at(-1) ?? '').replace(SUFFIX, ''))),
    ).toEqual([
      // What makes handlers from a decider cannot be named without the word.
      ...files.filter(
        (file) => file === 'libs/event-store/src/command-handlers.ts' || file === 'libs/event-store/src/command-handlers.int.spec.ts',
      ),
    ]);
  });

  it('is short enough to be read at once', () => {
    const long = files
      // What is made from a schema is as long as the schema.
      .filter((file) => !/(\.(spec|contract)|-arguments)\.ts$/.test(file) && !file.startsWith('test/'))
      .map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > LINES_MAX);
    expect(long).toEqual([]);
  });

  it('never passes on everything another file exports', () => {
    expect(files.filter((file) => /^\s*export \* (as \w+ )?from/m.test(textOf(file)))).toEqual([]);
  });
});

describe('every door', () => {
  const doors = libs().flatMap((lib) =>
    sourcesOf(lib)
      .filter((file) => DOORS.includes(file) || /^[a-z-]+\/index\.ts$/.test(file))
      .map((file) => `libs/${lib}/src/${file}`),
  );

  it('holds named re-exports and nothing else', () => {
    const reExport = /export (type )?\{[^}]*\} from '\.[^']+\.js';/g;
    const comments = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
    const more = doors.filter((door) => textOf(door).replace(comments, '').replace(reExport, '').trim() !== '');
    expect(more).toEqual([]);
  });

  it('is not used from inside its own lib', () => {
    const inside = libs().flatMap((lib) =>
      sourcesOf(lib)
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.contract.ts'))
        .filter((file) => new RegExp(`from '(#libs/${lib}|\\./index\\.js|\\.\\./index\\.js)'`).test(textOf(`libs/${lib}/src/${file}`)))
        .map((file) => `libs/${lib}/src/${file}`),
    );
    expect(inside).toEqual([]);
  });
});
