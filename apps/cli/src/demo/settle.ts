import { setTimeout as delay } from 'node:timers/promises';
import { type Client, type ClientOptions, ServerError } from '../client.js';
import { countAuditEntries } from './ask-audit.js';
import { restateMeasurements } from './ask-commands.js';
import { askNewestDay } from './ask-measurements.js';
import { dayOf } from './batches.js';
import { type Progress } from './progress.js';
import { type DayTally } from './send-flights.js';
import { caughtUp } from './server-metrics.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Asking takes the server's time away from measuring. */
const POLL_MS = 1000;
/** Without a new window for so long, something is wrong with the server. */
const STALL_MS = 120_000;

/** What the demo talks to. */
export type Asking = { readonly client: Client; readonly options: ClientOptions; readonly monitor: string; readonly progress: Progress };

/**
 * The last day whose window closes: predictions tell the time, and a window stays open for an hour of it. The day of the last flight
 * has nothing after it and stays open.
 */
export const lastClosedDay = (tallies: readonly DayTally[]): string => {
  const last = tallies.at(-1);
  return last === undefined ? '' : dayOf(last.lastAt - HOUR_MS - DAY_MS);
};

/** Resolves when every window that closes is measured, once more with whatever came later, and everything can be read. */
export const settle = async (asking: Asking, tallies: readonly DayTally[]): Promise<void> => {
  const { client, options, monitor, progress } = asking;
  await caughtUp(options, { onLag: (lag) => progress.at(1, `counting: ${lag} events to go`) });
  const closed = lastClosedDay(tallies);
  if (closed >= (tallies[0]?.day ?? '~')) await measuredUntil(asking, closed, tallies[0]?.day ?? closed);
  progress.step('measuring once more what came late');
  const finished = { type: 'RestatementFinished' };
  const before = await countAuditEntries(client, finished);
  await restateMeasurements(client, monitor);
  await until(async () => (await countAuditEntries(client, finished)) > before, 'the measurements were not settled');
  await caughtUp(options);
};

const measuredUntil = async ({ client, monitor, progress }: Asking, closed: string, first: string): Promise<void> => {
  const days = daysBetween(first, closed);
  let newest = '';
  let since = Date.now();
  for (;;) {
    const day = await askNewestDay(client, monitor);
    if (day >= closed) return;
    if (day !== newest) since = Date.now();
    newest = day;
    if (Date.now() - since > STALL_MS)
      throw new ServerError('STALLED', `the server measured until ${day || 'no day'} and not on to ${closed}`);
    progress.at(day === '' ? 0 : daysBetween(first, day) / days, `measuring ${day}`);
    await delay(POLL_MS);
  }
};

const daysBetween = (from: string, until: string): number => Math.max(1, (Date.parse(until) - Date.parse(from)) / DAY_MS);

const until = async (isTrue: () => Promise<boolean>, otherwise: string): Promise<void> => {
  for (const end = Date.now() + STALL_MS; !(await isTrue());) {
    if (Date.now() > end) throw new ServerError('STALLED', otherwise);
    await delay(POLL_MS);
  }
};
