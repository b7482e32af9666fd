import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { repositoryFiles, textOf } from './source-files.js';

const documents = repositoryFiles().filter((file) => file.endsWith('.md'));
const records = documents.filter((file) => file.startsWith('docs/adr/')).map((file) => file.slice('docs/adr/'.length));
const names = z.record(z.string(), z.string());
const manifest = z.object({ scripts: names, dependencies: names, devDependencies: names }).parse(JSON.parse(textOf('package.json')));
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
    const rows = textOf('docs/adr/0011-dependencies.md');
    const short = (name: string): string => name.split('/').at(-1) ?? name;
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(
      packages.filter((name) => !rows.includes(name) && !new RegExp(`^\\| ${name.split('/')[0]}/.*\\b${short(name)}\\b`, 'm').test(rows)),
    ).toEqual([]);
  });
});
