// Appends to a log from many writers until it is killed, and prints one line per acknowledged append: `<stream> <last revision> <event ids>`.
// Runs the built library, as the product does: node test/crash/append-forever.mjs FILE ROUND
import { writeSync } from 'node:fs';
import { EventCodec, defineEvent } from '#libs/event-store';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { SystemClock, idOfName } from '#libs/kernel';
import { z } from 'zod';

const WRITERS = 16;
const STREAMS = 5;
const [file, round] = process.argv.slice(2);
const Ticked = defineEvent('Ticked', { version: 1, schema: z.object({ writer: z.number(), tick: z.number(), padding: z.string() }) });
const codec = new EventCodec([Ticked]);
const store = new SqliteEventStore({ file, clock: new SystemClock() });
const id = (name) => idOfName('crash', `${round}/${name}`);
const meta = {
  commandId: id('command'),
  correlationId: id('correlation'),
  causationId: id('cause'),
  actor: { principalId: id('actor'), kind: 'job', via: 'crash' },
  source: { surface: 'internal', addressClass: 'process' },
};

const write = async (writer) => {
  for (let tick = 0; ; tick += 1) {
    const stream = `tick-${(writer + tick) % STREAMS}`;
    const events = Array.from({ length: 1 + (tick % 3) }, (_, index) =>
      codec.encode(Ticked.make({ writer, tick, padding: 'x'.repeat((tick * 37) % 2_000) }), meta, id(`${writer}/${tick}/${index}`)),
    );
    const { revision } = await store.append(stream, events, { expected: 'any' });
    // Synchronous, so that nothing acknowledged is lost in a buffer of this process.
    writeSync(1, `${stream} ${revision} ${events.map((event) => event.id).join(',')}\n`);
  }
};

writeSync(1, `synchronous ${store.synchronous()}\n`);
await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
