// Projects an endless log of sales until it is killed, or until a place in the log, and then says what the tables hold.
// Runs from the compiled files: node test/crash/projection-child.mjs <directory> <until> <batch>
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { FileIntentStore, ProjectionRunner, defineQuery, migrate } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { shop, sold } from './projection-shop.mjs';

const [directory, until, batch] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const checkpointFile = path.join(directory, 'checkpoint');

const loadCheckpoint = () => {
  if (!fs.existsSync(checkpointFile)) return undefined;
  const commit = BigInt(fs.readFileSync(checkpointFile, 'utf8'));
  return { commit, prepare: commit };
};
const saveCheckpoint = ({ commit }) => {
  fs.writeFileSync(`${checkpointFile}.next`, commit.toString(), { flush: true });
  fs.renameSync(`${checkpointFile}.next`, checkpointFile);
};

const totals = (table, sum) =>
  defineQuery({
    name: 'Totals',
    purpose: 'crash test',
    sql: `SELECT ${sum} FROM driftledger.${table}`,
    params: z.object({}),
    row: z.record(z.string(), z.string()),
  });

const clickHouse = openChdb({ path: path.join(directory, 'data') });
await migrate(clickHouse, { directory: path.join(directory, 'migrations') });
const runner = new ProjectionRunner({ projection: shop, clickHouse, intents: new FileIntentStore(path.join(directory, 'intents')) });
const after = await runner.resumeFrom(loadCheckpoint());
let next = Number(after?.commit ?? 0n) / 10 + 1;
process.stdout.write(`start ${next}\n`);
while (next <= until) {
  const count = Math.min(1 + ((next * 7919) % batch), until - next + 1);
  const events = Array.from({ length: count }, (_, index) => sold(next + index));
  await runner.handle(events);
  saveCheckpoint(events.at(-1).position);
  next += count;
  process.stdout.write(`at ${next - 1}\n`);
}
const [sales] = await clickHouse.query(
  totals('shop_sales_v1', 'count() AS rows, uniqExact(position) AS positions, sum(amount) AS amount'),
  {},
);
const [dear] = await clickHouse.query(totals('shop_dear_v1 FINAL', 'count() AS rows, sum(amount) AS amount'), {});
const [counts] = await clickHouse.query(totals('shop_counts_v1', 'sum(sold) AS rows, sum(amount) AS amount, max(position) AS reached'), {});
process.stdout.write(`${JSON.stringify({ until, sales, dear, counts })}\n`);
await clickHouse.close();
