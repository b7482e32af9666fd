import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('stores nothing more for a subject whose key was destroyed', () => {
    openKeyDirectory(directory).sealed('subject-a', 'income', '52000');
    const folder = join(directory, 'subjects', 'su');
    for (const file of readdirSync(folder)) truncateSync(join(folder, file), 0);
    expect(() => openKeyDirectory(directory).sealed('subject-a', 'income', '52000')).toThrow('the key of this subject was destroyed');
  });
});
