import { bucketOf } from '#libs/statistics';
import { type Row } from '#libs/clickhouse';
import { type Instant, type Recorded } from '#libs/kernel';
import { type CountedWords, type NumberColumn, type PredictionBatch } from './batch.js';
import { type PredictionBatchEvent } from './events.js';
import { featureSubject, outputSubject, SPECIAL_BUCKET, VOLUME } from './subjects.js';

export const COUNT_COLUMNS = [
  ...['deployment_id', 'subject', 'span', 'version', 'variant', 'grid', 'month', 'counts'],
  ...['sampled', 'total', 'position', 'position_first'],
] as const;

const FIVE_MINUTES_MS = 300_000;
const DAY_MS = 86_400_000;

/** Grid of subjects whose buckets are words, and of numbers that have no grid yet and are not in `counts`. */
const WORD_GRID = 'word';
const NO_GRID = 'none';

/** One row of a count table while it is being summed. */
type Cell = {
  readonly key: readonly [
    deploymentId: string,
    subject: string,
    span: number,
    version: string,
    variant: string,
    grid: string,
    month: number,
  ];
  readonly counts: Map<number, number>;
  sampled: number;
  total: number;
  first: bigint;
  last: bigint;
};

type Counting = {
  readonly batch: PredictionBatch;
  readonly position: bigint;
  readonly month: number;
  readonly groups: readonly Group[];
  readonly groupOf: Int32Array;
};
type Group = { readonly span: number; readonly version: string; readonly variant: string };

/** Text of a grid as the tables hold it. */
export const gridText = (grid: readonly [number, number] | undefined): string => (grid ? `${grid[0]}/${grid[1]}` : NO_GRID);

/**
 * Sums rows of predictions into counts per (subject, five minutes or UTC day, version, variant, grid). Integers only: the result does
 * not depend on order or grouping.
 */
export class Counts {
  private readonly cells = new Map<string, Cell>();

  add({ data: batch, position, recordedAt }: Recorded<PredictionBatchEvent>): void {
    const counting = groupsOf(batch, position.commit, monthOf(recordedAt));
    this.addVolume(counting);
    for (const [name, column] of Object.entries(batch.features)) {
      if (column.kind === 'number') this.addNumbers(counting, featureSubject(name), column);
      else if (column.kind === 'category' || column.kind === 'boolean')
        this.addWords(counting, featureSubject(name), column, column.mistyped);
    }
    const { value, score, class: word, decision } = batch.columns;
    if (value) this.addNumbers(counting, outputSubject('value'), value);
    if (score) this.addNumbers(counting, outputSubject('score'), score);
    if (word) this.addWords(counting, outputSubject('class'), word, word.mistyped);
    if (decision) this.addWords(counting, outputSubject('decision'), decision.action, undefined);
  }

  /** Rows of the table of five minutes, or of days: spans are merged. */
  rows(grain: '5m' | '1d'): readonly Row[] {
    return [...(grain === '5m' ? this.cells : this.perDay()).values()].map(rowOf);
  }

  private perDay(): ReadonlyMap<string, Cell> {
    const days = new Map<string, Cell>();
    for (const cell of this.cells.values()) {
      const [deploymentId, subject, span, version, variant, grid, month] = cell.key;
      const key = [deploymentId, subject, Math.floor(span / DAY_MS) * DAY_MS, version, variant, grid, month] as const;
      const day = open(days, key, cell.first);
      for (const [bucket, count] of cell.counts) day.counts.set(bucket, (day.counts.get(bucket) ?? 0) + count);
      day.sampled += cell.sampled;
      day.total += cell.total;
      if (cell.first < day.first) day.first = cell.first;
      if (cell.last > day.last) day.last = cell.last;
    }
    return days;
  }

  private addVolume(counting: Counting): void {
    const { weight } = counting.batch.columns;
    this.each(counting, VOLUME, WORD_GRID, (row, cell) => {
      bump(cell, 0, weight?.[row] ?? 1);
      cell.sampled += 1;
    });
  }

  private addNumbers(counting: Counting, subject: string, { values, grid: at, mistyped }: NumberColumn): void {
    const { weight } = counting.batch.columns;
    const grid = at && { centre: at[0], unit: at[1] };
    this.each(counting, subject, gridText(at), (row, cell) => {
      const value = values[row];
      if (value === null || value === undefined)
        return bump(cell, mistyped && row in mistyped ? SPECIAL_BUCKET.mistyped : SPECIAL_BUCKET.missing, weight?.[row] ?? 1);
      cell.sampled += 1;
      if (grid) bump(cell, bucketOf(value, grid), weight?.[row] ?? 1);
    });
  }

  private addWords(counting: Counting, subject: string, { codes, buckets }: CountedWords, mistyped: object | undefined): void {
    const { weight } = counting.batch.columns;
    this.each(counting, subject, WORD_GRID, (row, cell) => {
      const bucket = buckets[codes[row] ?? -1];
      if (bucket === undefined)
        return bump(cell, mistyped && row in mistyped ? SPECIAL_BUCKET.mistyped : SPECIAL_BUCKET.missing, weight?.[row] ?? 1);
      cell.sampled += 1;
      bump(cell, bucket, weight?.[row] ?? 1);
    });
  }

  private each(counting: Counting, subject: string, grid: string, count: (row: number, cell: Cell) => void): void {
    const { batch, groups, groupOf, position, month } = counting;
    const cells = groups.map(({ span, version, variant }) =>
      open(this.cells, [batch.deploymentId, subject, span, version, variant, grid, month], position),
    );
    for (let row = 0; row < batch.rows; row += 1) {
      const cell = cells[groupOf[row] ?? 0];
      if (!cell) continue;
      cell.total += 1;
      count(row, cell);
    }
  }
}

function open(cells: Map<string, Cell>, key: Cell['key'], position: bigint): Cell {
  // Names come from outside and may hold any character: their lengths tell where one ends.
  const text = `${key[1].length}:${key[3].length}:${key.join('\u0000')}`;
  let cell = cells.get(text);
  if (!cell) {
    cell = { key, counts: new Map(), sampled: 0, total: 0, first: position, last: position };
    cells.set(text, cell);
  }
  if (position > cell.last) cell.last = position;
  return cell;
}

function bump(cell: Cell, bucket: number, weight: number): void {
  cell.counts.set(bucket, (cell.counts.get(bucket) ?? 0) + weight);
}

const rowOf = ({ key, counts, sampled, total, first, last }: Cell): Row => [
  ...key,
  [[...counts.keys()], [...counts.values()]],
  sampled,
  total,
  last,
  first,
];

/** Yyyymm of the time of record, in UTC. */
const monthOf = (recordedAt: Instant): number => {
  const date = new Date(recordedAt);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
};

/** The groups (five minutes, version, variant) that occur in a batch, and the group of each row. */
function groupsOf(batch: PredictionBatch, position: bigint, month: number): Counting {
  const { at, version, variant } = batch.columns;
  const groups: Group[] = [];
  const known = new Map<string, number>();
  const groupOf = new Int32Array(batch.rows);
  for (let row = 0; row < batch.rows; row += 1) {
    const span = Math.floor((batch.base + (at[row] ?? 0)) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
    const versionCode = version?.codes[row] ?? -1;
    const variantCode = variant?.codes[row] ?? -1;
    const key = `${span}:${versionCode}:${variantCode}`;
    let index = known.get(key);
    if (index === undefined) {
      index = groups.length;
      known.set(key, index);
      groups.push({ span, version: version?.words[versionCode] ?? '', variant: variant?.words[variantCode] ?? '' });
    }
    groupOf[row] = index;
  }
  return { batch, position, month, groups, groupOf };
}
