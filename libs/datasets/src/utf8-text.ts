import { createReadStream } from 'node:fs';
import { DatasetError } from './errors.js';

const NOT_UTF8 = 'the file is not UTF-8 text';

/**
 * The text of a file in pieces as they are read, without a byte order mark. Other encodings are refused: read as UTF-8 their letters would become
 * other words, the same for all that are not known.
 * @throws DatasetError FILE_MALFORMED where a byte is not UTF-8, or is 0, which no text holds and every second byte of UTF-16 is
 */
export async function* utf8Text(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decoded = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (error) {
      throw new DatasetError('FILE_MALFORMED', { file }, NOT_UTF8, { cause: error });
    }
  };
  const pieces: AsyncIterable<Uint8Array> = createReadStream(file);
  for await (const bytes of pieces) {
    const text = decoded(bytes);
    if (text.includes('\0')) throw new DatasetError('FILE_MALFORMED', { file }, NOT_UTF8);
    yield text;
  }
  yield decoded();
}
