import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { z } from 'zod';
import { repositoryFiles, textOf } from './source-files.js';

const documents = repositoryFiles().filter((file) => file.endsWith('.md'));
const records = documents.filter((file) => file.startsWith('docs/adr/')).map((file) => file.slice('docs/adr/'.length));
const names = z.record(z.string(), z.string());
const manifest = z.object({ scripts: names, dependencies: names, devDependencies: names }).parse(JSON.parse(textOf('package.json')));
const PRINTED_SCHEMA = 'apps/api/src/graphql/schema.graphql';
const SECTIONS = ['Context', 'Decision', 'Consequences', 'Alternatives'];
/** About a page. */
const WORDS_MAX = 900;

describe('documents', () => {
  it('link to files that exist', () => {
    const broken = documents.flatMap((file) =>
      [...textOf(file).matchAll(/\]\(([^)\s#]+)(#[^)]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(file), target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const known = Object.keys(manifest.scripts);
    const unknown = documents.flatMap((file) =>
      [...textOf(file).matchAll(/`[^`\n]*\bnpm run (?:-s )?([a-z:-]+)|^npm run (?:-s )?([a-z:-]+)/gm)]
        .map(([, inline, line]) => inline ?? line ?? '')
        .filter((name) => !known.includes(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('examples', () => {
  const blocks = (file: string, language: string): readonly string[] =>
    [...textOf(file).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

  it('of GraphQL in the README are valid against the schema', () => {
    const schema = buildSchema(textOf(PRINTED_SCHEMA));
    const examples = blocks('README.md', 'graphql');
    expect(examples.length).toBeGreaterThan(3);
    expect(examples.flatMap((text) => validate(schema, parse(text)).map(({ message }) => message))).toEqual([]);
  });
});

describe('commands', () => {
  it('of the command line are all in the README', () => {
    const names = repositoryFiles().flatMap((file) => /^apps\/cli\/src\/[a-z-]+\/([a-z-]+)\.command\.ts$/.exec(file)?.[1] ?? []);
    const told = textOf('README.md').split('## Command line')[1]?.split('\n## ')[0] ?? '';
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !told.includes(`\`${name}`))).toEqual([]);
  });
});

describe('settings', () => {
  it('that exist are in the README, and those in the README exist', () => {
    const sources = repositoryFiles()
      .filter((file) => /^libs\/configuration\/src\/[a-z-]+\.ts$/.test(file))
      .map(textOf)
      .join();
    const read = new Set(sources.match(/\bDRIFTLEDGER_[A-Z_]+\b/g));
    const told = new Set(textOf('README.md').match(/\bDRIFTLEDGER_[A-Z_]+[A-Z]\b/g));
    expect([...read].filter((name) => !told.has(name) && name !== 'DRIFTLEDGER_')).toEqual([]);
    expect([...told].filter((name) => !read.has(name))).toEqual([]);
  });
});

describe('decision records', () => {
  it('have numbers of their own, without gaps', () => {
    expect(records.map((file) => Number(file.slice(0, 4))).sort((a, b) => a - b)).toEqual(records.map((_, index) => index + 1));
  });

  it.each(records)('%s has a date and every section, on about a page', (file) => {
    const text = textOf(`docs/adr/${file}`);
    expect(text).toMatch(/^Date: \d{4}-\d{2}-\d{2}/m);
    expect(SECTIONS.filter((section) => !text.includes(`## ${section}`))).toEqual([]);
    expect(text.split(/\s+/).length).toBeLessThan(WORDS_MAX);
  });

  it('are all in the index, and every dependency has its row', () => {
    const index = textOf('docs/README.md');
    expect(records.filter((file) => !index.includes(`adr/${file}`))).toEqual([]);
    const rows = textOf('docs/dependencies.md');
    const short = (name: string): string => name.split('/').at(-1) ?? name;
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(
      packages.filter((name) => !rows.includes(name) && !new RegExp(`^\\| ${name.split('/')[0]}/.*\\b${short(name)}\\b`, 'm').test(rows)),
    ).toEqual([]);
  });
});
