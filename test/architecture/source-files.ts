import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Contexts: libs with events, commands or a read model of their own. */
export const CONTEXTS = ['alerts', 'audit', 'deployments', 'identity', 'monitoring', 'predictions'] as const;

/** Every file of the repository, tracked or about to be, with slashes; what is ignored by git is not among them. */
export const repositoryFiles = (): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .split('\n')
    .filter((file) => file !== '' && existsSync(file));

/** Paths below a folder, relative to it, with slashes. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

export const textOf = (file: string): string => readFileSync(file, 'utf8');

export const libs = (): readonly string[] =>
  readdirSync('libs', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
