import { type MessagePort } from 'node:worker_threads';
import { type Projection, blockMaker, rowBinary, tableLayout } from '#libs/clickhouse';
import { type EventCodec } from '#libs/event-store';
import type { RowsAnswer, RowsQuestion } from '#libs/platform';

type Made = Extract<RowsAnswer, { readonly blocks: unknown }>;

/**
 * Answers the questions of a `RowsThread`, from the other side: reads bodies, makes rows, writes them as bytes. It stands here because the
 * thread would otherwise load the whole platform, with the clients of all its engines.
 */
export const serveRows = (port: MessagePort, projection: Projection, codec: EventCodec): void => {
  const make = blockMaker(projection);
  const answer = async ({ events, marks, columns }: RowsQuestion): Promise<Made> => {
    const blocks = await make(
      events.map((event) => codec.decode(event)),
      marks,
    );
    return {
      blocks: blocks.map(({ table, rows, reaches }) => {
        const layout = tableLayout(columns.get(table.name) ?? []);
        return { table: table.name, rows: rowBinary(table.name, layout, table.columns, rows), reaches };
      }),
    };
  };
  port.on('message', (question: RowsQuestion) => {
    answer(question).then(
      (made) => {
        // Handed over, not copied: nobody writes into them here any more.
        const buffers = made.blocks.flatMap(({ rows }) => (rows.body.buffer instanceof ArrayBuffer ? [rows.body.buffer] : []));
        port.postMessage(made, buffers);
      },
      (error: unknown) => port.postMessage({ error: error instanceof Error ? error : new Error(String(error)) } satisfies RowsAnswer),
    );
  });
};
