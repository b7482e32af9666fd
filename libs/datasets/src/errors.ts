/** Where in a file something is wrong; line and column as a person counts them, from 1. */
export type Place = { readonly file: string; readonly line?: number; readonly column?: string };

/** A data file cannot be read as a table. The message names the file and, where known, line and column. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';

  constructor(
    readonly code: 'FILE_NOT_FOUND' | 'FORMAT_UNKNOWN' | 'FILE_MALFORMED' | 'FILE_EMPTY',
    readonly place: Place,
    detail: string,
    options: ErrorOptions = {},
  ) {
    const line = place.line === undefined ? '' : `:${place.line}`;
    const column = place.column === undefined ? '' : ` (column ${place.column})`;
    super(`${place.file}${line}${column}: ${detail}`, options);
  }
}

/** What an unknown thrown thing says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
