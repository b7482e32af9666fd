import { readFileSync } from 'node:fs';
import { ConfigurationError } from './configuration-error.js';

/** The secret in a file, without the blanks around it. @throws ConfigurationError that names the variable when it cannot be read */
export const secretIn = (variable: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ConfigurationError([`${variable}: ${file} cannot be read (${cause instanceof Error ? cause.message : String(cause)})`]);
  }
};
