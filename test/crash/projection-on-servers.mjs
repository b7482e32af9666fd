// Projects sales into a ClickHouse server with its intents and checkpoints in an event store, step by step as it is told on standard
// input, until it is killed: node test/crash/projection-on-servers.mjs <event store> <clickhouse> <epoch>
import { createInterface } from 'node:readline';
import { ProjectionRunner } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';
import { openEventStoreDb } from '#libs/event-store/eventstoredb';
// The file itself: the door of its lib would load every engine there is, which takes seconds.
import { EventStoreIntentStore } from '../../dist/libs/platform/src/event-store-intents.js';
import { logOf, shop } from './projection-shop.mjs';

const [eventStore, url, epoch] = process.argv.slice(2);
const LOG = logOf(12, 100);
const store = openEventStoreDb({ url: eventStore, timings: { appendTryMs: 500, pauseMs: 10 } });
const clickHouse = openHttp({ url, username: 'default', password: '' });
const intents = new EventStoreIntentStore(store);
const runner = new ProjectionRunner({ projection: shop, clickHouse, intents, epoch: BigInt(epoch), retryDelayMs: 1 });
const say = (text) => process.stdout.write(`${text}\n`);

const { name } = runner;
const after = await runner.resumeFrom(await store.checkpoints.load(name));
let next = LOG.findIndex(({ position }) => !after || position.commit > after.commit);
if (next < 0) next = LOG.length;
say(`starts at ${next}`);
for await (const line of createInterface({ input: process.stdin })) {
  // `handle 3` handles three sales; `insert 3` does so without saving a checkpoint.
  const [what, count] = line.split(' ');
  const batch = LOG.slice(next, next + Number(count));
  try {
    await runner.handle(batch);
    next += batch.length;
    if (what === 'handle') await store.checkpoints.save(name, batch.at(-1).position);
    say(`reached ${next}`);
  } catch (error) {
    say(`failed ${error.name}`);
  }
}
