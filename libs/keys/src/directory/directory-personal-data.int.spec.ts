import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { KeyMadeElsewhere } from '../personal-data.js';
import { openKeyDirectory } from './directory-personal-data.js';

describe('keys of data subjects in a directory', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'keys-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('gives the same pseudonym after a restart, and another one in another installation', () => {
    const here = openKeyDirectory(directory).pseudonym('ada@example.org');
    expect(openKeyDirectory(directory).pseudonym('ada@example.org')).toBe(here);
    expect(openKeyDirectory(join(directory, 'other')).pseudonym('ada@example.org')).not.toBe(here);
    expect(here).not.toContain('ada');
  });

  it('keeps the master key for its owner only', () => {
    openKeyDirectory(directory);
    expect(statSync(join(directory, 'master.key')).mode & 0o777).toBe(0o600);
  });

  it('seals the same value differently each time and never in clear', () => {
    const keys = openKeyDirectory(directory);
    const [first, second] = [keys.sealed('subject-a', 'income', '52000'), keys.sealed('subject-a', 'income', '52000')];
    expect(first).not.toBe(second);
    expect(Buffer.from(first, 'base64').toString('latin1')).not.toContain('52000');
  });

  it('keeps feature and value apart when hashing', () => {
    const keys = openKeyDirectory(directory);
    expect(keys.hashed('a', 'bc')).not.toBe(keys.hashed('ab', 'c'));
  });

  it('keeps one key per subject once it has settled, whoever asked how often', async () => {
    const keys = openKeyDirectory(directory);
    const subjects = Array.from({ length: 300 }, (_, index) => `${index}-subject`);
    for (const subject of [...subjects, ...subjects]) keys.sealed(subject, 'income', '52000');
    await Promise.all([keys.settle(), keys.settle()]);
    const files = readdirSync(join(directory, 'subjects'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.key'));
    expect(files.map((file) => basename(file, '.key')).sort()).toEqual([...subjects].sort());
    const before = readFileSync(join(directory, 'subjects', '7-', '7-subject.key'));
    expect(statSync(join(directory, 'subjects', '7-', '7-subject.key')).mode & 0o777).toBe(0o600);
    const later = openKeyDirectory(directory);
    later.sealed('7-subject', 'income', '52000');
    await later.settle();
    expect(readFileSync(join(directory, 'subjects', '7-', '7-subject.key'))).toEqual(before);
  });

  it('says when a key cannot be kept, and keeps it with the next ones', async () => {
    const keys = openKeyDirectory(directory);
    const inTheWay = join(directory, 'subjects');
    keys.sealed('subject-a', 'income', '52000');
    writeFileSync(inTheWay, '');
    await expect(keys.settle()).rejects.toThrow();
    rmSync(inTheWay);
    keys.sealed('subject-b', 'income', '52000');
    await keys.settle();
    expect(readdirSync(join(directory, 'subjects', 'su'))).toEqual(['subject-a.key', 'subject-b.key']);
  });

  it('never replaces a key that another process made at the same time', async () => {
    const [here, there] = [openKeyDirectory(directory), openKeyDirectory(directory)];
    expect(here.digestKey).toBe(there.digestKey);
    for (const keys of [here, there]) keys.sealed('subject-a', 'income', '52000');
    there.sealed('subject-b', 'income', '52000');
    await here.settle();
    const kept = readFileSync(join(directory, 'subjects', 'su', 'subject-a.key'));
    await expect(there.settle()).rejects.toThrow('another process made the keys of 1 subjects meanwhile');
    expect(readFileSync(join(directory, 'subjects', 'su', 'subject-a.key'))).toEqual(kept);
    there.sealed('subject-a', 'income', '52000');
    await there.settle();
    expect(readdirSync(join(directory, 'subjects', 'su'))).toEqual(['subject-a.key', 'subject-b.key']);
  });

  it('keeps one key per subject when two settle at the same time under one process id', async () => {
    const both = [openKeyDirectory(directory), openKeyDirectory(directory)];
    const subjects = Array.from({ length: 300 }, (_, index) => `${index}-subject`);
    const settled = both.map(async (keys) => {
      for (const subject of subjects) keys.sealed(subject, 'income', '52000');
      await keys.settle().catch((error: unknown) => expect(error).toBeInstanceOf(KeyMadeElsewhere));
    });
    await Promise.all(settled);
    const later = openKeyDirectory(directory);
    for (const subject of subjects) later.sealed(subject, 'income', '52000');
    const files = readdirSync(join(directory, 'subjects'), { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('.key'));
    expect(files.map((file) => basename(file, '.key')).sort()).toEqual([...subjects].sort());
  });

  it('stores nothing more for a subject whose key was destroyed', async () => {
    const keys = openKeyDirectory(directory);
    keys.sealed('subject-a', 'income', '52000');
    await keys.settle();
    const folder = join(directory, 'subjects', 'su');
    for (const file of readdirSync(folder)) truncateSync(join(folder, file), 0);
    expect(() => openKeyDirectory(directory).sealed('subject-a', 'income', '52000')).toThrow('the key of this subject was destroyed');
  });
});
