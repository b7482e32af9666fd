import { type Position, comparePositions, parsePosition, positionOf } from '#libs/kernel';
import { type Intent } from './intent-store.js';
import { type TableSpec } from './projection.js';

/** The highest position found in each table; 0 for an empty one. */
export type Reached = ReadonlyMap<string, bigint>;

/** How a projection goes on. */
export type Recovery = {
  /** Read the log after this; undefined: from its start. */
  readonly resumeAfter: Position | undefined;
  /** Rows at or below a table's mark are in it. */
  readonly marks: Reached;
  /** For the tokens of the blocks from here on. */
  readonly attempt: number;
  /**
   * Up to here the log was read before. A block may be dropped as a repetition though it is not in its table: look after inserting.
   * And whoever starts again must not trust a checkpoint that was saved before the repetition.
   */
  readonly replayUntil: bigint;
};

/**
 * Decides by what is in the tables, not by what was acknowledged: a deduplication token can outlive its block, and a block its token.
 *
 * One writer inserts in log order, whole blocks: a table therefore holds exactly the rows up to its highest position. What an intent
 * adds is how far each table should reach. A table below its `before` lost a block that was complete once; a table below its `planned`
 * never got its block, or lost it.
 */
export const recover = (
  tables: readonly TableSpec[],
  reached: Reached,
  intent: Intent | undefined,
  checkpoint: Position | undefined,
): Recovery => {
  if (!intent) return recoverWithoutIntent(tables, reached, checkpoint);
  const end = parsePosition(intent.to);
  const lacking = tables.flatMap((table) => lackedBy(table, reached.get(table.name) ?? 0n, intent));
  const replayUntil = BigInt(intent.replayUntil);
  const unfinished = end.commit < replayUntil ? [atOrStart(end)] : [];
  return {
    resumeAfter: [...lacking.map(({ after }) => after), ...unfinished, checkpoint].reduce(earlier),
    marks: reached,
    attempt: intent.attempt + (lacking.length > 0 ? 1 : 0),
    replayUntil: lacking.length > 0 ? highest([replayUntil, end.commit, checkpoint?.commit ?? 0n]) : replayUntil,
  };
};

/** Nothing when the table has what it should have, else the position after which the log has to be read for it. */
const lackedBy = (table: TableSpec, mark: bigint, intent: Intent): readonly { readonly after: Position | undefined }[] => {
  if (table.expires && mark === 0n) return [];
  if (mark < BigInt(intent.before[table.name] ?? 0)) return [{ after: atOrStart(positionOf(mark)) }];
  if (mark < BigInt(intent.planned[table.name] ?? 0)) return [{ after: intent.after === null ? undefined : parsePosition(intent.after) }];
  return [];
};

/** Without an intent nobody knows how far a table should reach; only reading on from the table that is furthest behind is safe. */
const recoverWithoutIntent = (tables: readonly TableSpec[], reached: Reached, checkpoint: Position | undefined): Recovery => {
  const marks = tables.map((table) => reached.get(table.name) ?? 0n);
  return {
    resumeAfter: [...marks.map((mark) => atOrStart(positionOf(mark))), checkpoint].reduce(earlier),
    marks: reached,
    attempt: 1,
    replayUntil: highest([...marks, checkpoint?.commit ?? 0n]),
  };
};

const highest = (positions: readonly bigint[]): bigint => positions.reduce((a, b) => (a > b ? a : b), 0n);

/** No event stands at 0: tables and intents say 0 for "nothing yet". Undefined is the start of the log. */
const atOrStart = (position: Position): Position | undefined => (position.commit === 0n ? undefined : position);

const earlier = (a: Position | undefined, b: Position | undefined): Position | undefined =>
  a && b ? (comparePositions(a, b) <= 0 ? a : b) : undefined;
