import { UsageError } from './usage-error.js';

const NAMED_MAX = 20;

/** A column was asked for that a file does not have; the error names the first twenty of those it has. */
export const columnUnknown = (file: string, name: string, columns: Iterable<string>): UsageError => {
  const all = [...columns];
  const more = all.length > NAMED_MAX ? ` and ${all.length - NAMED_MAX} more` : '';
  return new UsageError('COLUMN_UNKNOWN', `${file} has no column ${name}; it has ${all.slice(0, NAMED_MAX).join(', ')}${more}`);
};
