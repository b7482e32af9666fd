import { setTimeout as delay } from 'node:timers/promises';
import { type ClientOptions, ServerError } from '../client.js';

const LAG = /^driftledger_subscription_lag_events\{.*\} (\d+)$/gm;
const POLL_MS = 250;
const REQUEST_MS = 10_000;
const STALL_MS = 120_000;

/** Events each reader of the log has still to handle, together. @throws ServerError */
const lagOf = async ({ baseUrl, key }: ClientOptions): Promise<number> => {
  const response = await fetch(new URL('/metrics', baseUrl), {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  if (!response.ok) throw new ServerError('UNREADABLE', `the server answered GET /metrics with status ${response.status}`, response.status);
  const lags = [...(await response.text()).matchAll(LAG)].map((match) => Number(match[1]));
  if (lags.length === 0) throw new ServerError('UNREADABLE', 'the server does not say how far its readers have come');
  return lags.reduce((sum, lag) => sum + lag, 0);
};

/** `stallMs`: with no fewer events to go for so long, a reader has stopped; two minutes unless said otherwise. */
export type Following = { readonly onLag?: (lag: number) => void; readonly stallMs?: number };

/**
 * Resolves when every reader has handled everything in the log: seen twice, because a reader may have written for another meanwhile.
 * @throws ServerError STALLED when the readers do not come on
 */
export const caughtUp = async (options: ClientOptions, { onLag, stallMs = STALL_MS }: Following = {}): Promise<void> => {
  let [least, since] = [Infinity, performance.now()];
  for (let quiet = 0; quiet < 2;) {
    const lag = await lagOf(options);
    onLag?.(lag);
    if (lag < least) [least, since] = [lag, performance.now()];
    if (lag > 0 && performance.now() - since > stallMs)
      throw new ServerError('STALLED', `the server's readers stand still, ${lag} events behind`);
    quiet = lag === 0 ? quiet + 1 : 0;
    await delay(POLL_MS);
  }
};
