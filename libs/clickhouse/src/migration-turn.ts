import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { Count, UInt64, defineQuery } from './define-query.js';
import { ClickHouseError } from './errors.js';
import { type ClickHouse } from './port.js';

const TABLE = 'driftledger.schema_migrations_turns';
const LOOK_AGAIN_MS = 100;
const WAIT_MS_MAX = 15 * 60_000;

/** A turn at migrating: of all processes that want one, one has it at a time. */
export type Turn = {
  /** Whether this process still has it. A process that was frozen for long may have been taken for dead. */
  readonly held: () => Promise<boolean>;
  readonly end: () => Promise<void>;
};

const LatestTurn = defineQuery({
  name: 'LatestTurn',
  purpose: 'whether another process migrates',
  sql: `SELECT turn, any(holder) AS holder, max(done) AS done, greatest(0, dateDiff('millisecond', max(heard_at), now64(3, 'UTC'))) AS silentMs
FROM driftledger.schema_migrations_turns WHERE turn = (SELECT max(turn) FROM driftledger.schema_migrations_turns) GROUP BY turn`,
  params: z.object({}),
  row: z.object({ turn: UInt64, holder: z.string(), done: z.boolean(), silentMs: Count }),
});
const HolderOfTurn = defineQuery({
  name: 'HolderOfTurn',
  purpose: 'whose row was the first of a turn',
  sql: 'SELECT DISTINCT holder FROM driftledger.schema_migrations_turns WHERE turn = {turn:UInt64}',
  params: z.object({ turn: z.string() }),
  row: z.object({ holder: z.string() }),
});

/**
 * Waits for a turn. What decides is an insert: of all rows that would begin the same turn the table keeps the first, since they carry the
 * same deduplication token. Times are the server's.
 *
 * @param silenceMsMax after so long without a word from its holder a turn is over
 * @throws ClickHouseError a transient one when others migrate for a quarter of an hour
 */
export const takeTurn = async (clickHouse: ClickHouse, silenceMsMax: number): Promise<Turn> => {
  const holder = `${hostname()}:${process.pid}:${randomUUID()}`;
  // A token may outlive its row, when the server crashed in between: then that turn is nobody's for ever.
  let lost = 0n;
  for (const from = Date.now(); Date.now() - from < WAIT_MS_MAX; await pause(LOOK_AGAIN_MS)) {
    const [latest] = await clickHouse.query(LatestTurn, {});
    if (latest && !latest.done && latest.silentMs < silenceMsMax) continue;
    const turn = (latest?.turn ?? 0n) + 1n + lost;
    await say(clickHouse, { turn, holder, done: false }, `turn ${turn}`);
    const [taken] = await clickHouse.query(HolderOfTurn, { turn: turn.toString() });
    if (taken?.holder === holder) return turnOf(clickHouse, { turn, holder }, silenceMsMax);
    lost = taken ? 0n : lost + 1n;
  }
  throw new ClickHouseError('other processes migrate all the time', '159', 'TIMEOUT_EXCEEDED', true);
};

type Own = { readonly turn: bigint; readonly holder: string };

const turnOf = (clickHouse: ClickHouse, own: Own, silenceMsMax: number): Turn => {
  // Also while a statement runs for long. A sign of life that fails is none; whether the turn is lost is seen by asking.
  const beat = setInterval(() => void say(clickHouse, { ...own, done: false }).catch(() => undefined), silenceMsMax / 6);
  beat.unref();
  return {
    held: async () => {
      const [latest] = await clickHouse.query(LatestTurn, {});
      return latest?.turn === own.turn && latest.holder === own.holder;
    },
    end: async () => {
      clearInterval(beat);
      // Where it cannot be said, others wait until the silence is long enough; that is no reason to hide why migrating failed.
      await say(clickHouse, { ...own, done: true }).catch(() => undefined);
    },
  };
};

const say = (clickHouse: ClickHouse, { turn, holder, done }: Own & { readonly done: boolean }, token: string = randomUUID()) =>
  clickHouse.insert({ table: TABLE, columns: ['turn', 'holder', 'done'], rows: [[turn, holder, done]], token });
