// A small projection for crash tests: sales in one table, counts per item in another. Plain JavaScript, because a process that is to be
// killed starts from it without a compiler.

const ROOT = '0b5a6c1e-9a3f-5c41-8d2a-3f1f6f0c9a11';
const idAt = (index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** The event at a place in the log. Positions have gaps; every two thousand events a month goes by, or every `perMonth`. */
export const sold = (index, perMonth = 2000) => ({
  type: 'Sold',
  data: { item: `item-${index % 3}`, amount: index },
  id: idAt(index),
  stream: `shop-${ROOT}`,
  revision: BigInt(index),
  position: { commit: BigInt(index) * 10n, prepare: BigInt(index) * 10n },
  recordedAt: Date.UTC(2026, Math.floor(index / perMonth), 10),
  metadata: {},
});

export const logOf = (count, perMonth) => Array.from({ length: count }, (_, index) => sold(index + 1, perMonth));

const timeOf = (at) => new Date(at).toISOString().slice(0, 23).replace('T', ' ');

/** One row per sale (every fifth has none), and counts per month and item folded over the events given. */
const rows = (events) => {
  const counts = new Map();
  for (const { data, position, recordedAt } of events) {
    const month = Number(timeOf(recordedAt).slice(0, 7).replace('-', ''));
    const key = `${month} ${data.item}`;
    const count = counts.get(key) ?? [month, data.item, 0, 0, 0n];
    counts.set(key, [month, data.item, count[2] + 1, count[3] + data.amount, position.commit]);
  }
  const sales = events
    .filter(({ data }) => data.amount % 5 !== 0)
    .map(({ data, id, position, recordedAt }) => [position.commit, id, timeOf(recordedAt), data.item, data.amount]);
  return new Map([
    ['shop_sales_v1', sales],
    ['shop_counts_v1', [...counts.values()]],
  ]);
};

export const shop = {
  name: 'shop',
  version: 1,
  handles: ['Sold'],
  tables: [
    { name: 'shop_sales_v1', columns: ['position', 'event_id', 'recorded_at', 'item', 'amount'], partition: 'month' },
    { name: 'shop_counts_v1', columns: ['month', 'item', 'sold', 'amount', 'position'], partition: 'month' },
  ],
  rows,
  derive: [
    {
      name: 'dear sales',
      table: 'shop_dear_v1',
      sql: `INSERT INTO driftledger.shop_dear_v1 SELECT position, item, amount FROM driftledger.shop_sales_v1
            WHERE position >= {from:UInt64} AND position <= {to:UInt64} AND amount % 2 = 0`,
    },
  ],
};

/** Its tables, as a migration file would have them. */
export const SHOP_TABLES = `-- why: tables of a projection that is killed on purpose
CREATE TABLE IF NOT EXISTS driftledger.shop_sales_v1 {{on_cluster}}
(position UInt64, event_id UUID, recorded_at DateTime64(3, 'UTC'), item LowCardinality(String), amount UInt64)
ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (item, position);
CREATE TABLE IF NOT EXISTS driftledger.shop_counts_v1 {{on_cluster}}
(month UInt32, item LowCardinality(String), sold SimpleAggregateFunction(sum, UInt64), amount SimpleAggregateFunction(sum, UInt64),
 position SimpleAggregateFunction(max, UInt64))
ENGINE = {{merge_tree:Aggregating}}
PARTITION BY month
ORDER BY (month, item);
CREATE TABLE IF NOT EXISTS driftledger.shop_dear_v1 {{on_cluster}}
(position UInt64, item LowCardinality(String), amount UInt64)
ENGINE = {{merge_tree:Replacing(position)}}
ORDER BY position;
`;
