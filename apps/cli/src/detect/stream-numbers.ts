import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DatasetError } from '#libs/datasets';
import { shown } from '../shown.js';

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number, blanks around it allowed; no other notation, no infinity. */
const numberOf = (line: string, place: { readonly file: string; readonly line: number }): number => {
  const text = line.trim();
  const value = Number(text);
  if (!DECIMAL.test(text) || !Number.isFinite(value))
    throw new DatasetError('FILE_MALFORMED', place, `each line must be one decimal number, got ${shown(line)}`);
  return value;
};

/**
 * The numbers of a file, or of the standard input for `-`, one a line, as they are read: memory holds one buffer, whatever the size.
 * @throws DatasetError FILE_NOT_FOUND | FILE_MALFORMED with the line, while lines are read | FILE_EMPTY after the last
 */
export async function* streamNumbers(stream: string): AsyncGenerator<number> {
  const file = stream === '-' ? 'standard input' : stream;
  const found = stream === '-' ? undefined : statSync(stream, { throwIfNoEntry: false });
  if (stream !== '-' && found?.isDirectory() !== false)
    throw new DatasetError('FILE_NOT_FOUND', { file }, found ? 'this is a directory' : 'there is no such file');
  const input = stream === '-' ? process.stdin : createReadStream(stream);
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    yield numberOf(text, { file, line });
  }
  if (line === 0) throw new DatasetError('FILE_EMPTY', { file }, 'there is not one number in it');
}
