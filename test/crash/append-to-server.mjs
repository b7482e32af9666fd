// Appends some events to a server, one after the other, and ends by itself: node test/crash/append-to-server.mjs URL MODE COUNT
import { EventCodec, defineEvent } from '#libs/event-store';
import { openEventStoreDb } from '#libs/event-store/eventstoredb';
import { idOfName } from '#libs/kernel';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const [url, appendMode, count] = process.argv.slice(2);
const Ticked = defineEvent('Ticked', { version: 1, schema: z.object({ tick: z.number() }) });
const codec = new EventCodec([Ticked]);
const store = openEventStoreDb({ url, appendMode, timings: { appendTryMs: 500, pauseMs: 10 } });
const id = (name) => idOfName('replies', name);
const meta = {
  commandId: id('command'),
  correlationId: id('correlation'),
  causationId: id('cause'),
  actor: { principalId: id('actor'), kind: 'job', via: 'crash' },
  source: { surface: 'internal', addressClass: 'process' },
};

for (let tick = 0; tick < Number(count); tick += 1) {
  const event = codec.encode(Ticked.make({ tick }), meta, id(`${tick}`));
  await store.append('tick-1', [event], { expected: tick === 0 ? 'no_stream' : BigInt(tick - 1) });
}
// Replies that come late find the process still there.
await delay(500);
await store.close();
