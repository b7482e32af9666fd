import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { ByteSink } from '../byte-sink.js';
import { type Insert, type SendInsert } from '../insert.js';
import { fenceCondition, insertId } from '../projection-fence.js';
import { quoted } from '../statements.js';
import { withDeadline } from './deadline.js';
import { onceMore } from './once-more.js';
import { readDone } from './read-answer.js';

const FORMAT = 'RowBinaryWithNamesAndTypes';

/**
 * The statement travels in the address, the rows in the body. Before the rows stand the names and types they were written for: a server
 * whose table has another type by now refuses them, instead of reading the bytes as something else.
 *
 * Sent once more when the connection is lost: the block has a token, by which its table knows it.
 *
 * @param timeoutMs until the rows have arrived and are durable
 */
export const insertSender =
  (timeoutMs: number): SendInsert =>
  (client, insert) =>
    onceMore(() =>
      withDeadline({ ms: timeoutMs, signal: undefined }, async (until) => {
        const answer = await client.exec({
          query: insert.fence
            ? fenced(insert, fenceCondition(insert.fence))
            : `${insert.into} SETTINGS ${insert.settings} FORMAT ${FORMAT}`,
          query_id: insert.fence ? insertId(insert.fence.projection, randomUUID()) : randomUUID(),
          values: Readable.from([headOf(insert), insert.body]),
          clickhouse_settings: { wait_end_of_query: 1 },
          abort_signal: until,
          ignore_error_response: true,
        });
        await readDone(answer, true, until);
      }),
    );

/** Types are compared here with the table's, since `input` is asked for what is sent and converts it. */
const fenced = ({ into, table, settings, columns, types }: Insert, condition: string): string => {
  const structure = columns.map((column, index) => `${column} ${types[index] ?? ''}`).join(', ');
  const expected = columns.map((column, index) => `(${quoted(column)}, ${quoted(types[index] ?? '')})`).join(', ');
  const [database = '', name = ''] = table.split('.');
  const known = `SELECT count() FROM system.columns WHERE database = ${quoted(database)} AND table = ${quoted(name)} AND (name, type) IN (${expected})`;
  return `${into} SETTINGS ${settings}, max_threads=1 SELECT ${columns.join(', ')} FROM input(${quoted(structure)})
WHERE ${condition} AND throwIf((${known}) != ${columns.length}, 'the types of columns have changed') = 0 FORMAT ${FORMAT}`;
};

const headOf = ({ columns, types }: Insert): Buffer => {
  const sink = new ByteSink();
  sink.count(columns.length);
  for (const text of [...columns, ...types]) sink.text(text);
  return sink.written();
};
