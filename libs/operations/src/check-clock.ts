import { type EventStore } from '#libs/event-store';
import { type Clock, isoOf } from '#libs/kernel';
import { type ClockWatch } from './clock-watch.js';
import { type Finding, ok, warn } from './finding.js';

/** Adjustments below this are the everyday work of time synchronisation. */
const MOVED_MS = 2_000;
const ADVICE = 'let the machine synchronise its clock (NTP)';

/** Whether the clock stands before what the log has recorded, or was moved while this process ran. */
export const clockFindings = async (store: EventStore, clock: Clock, watch: ClockWatch): Promise<readonly Finding[]> => {
  const now = clock.now();
  for await (const { recordedAt } of store.readAll({ from: 'end', direction: 'backwards', limit: 1 })) {
    const ahead = recordedAt - now;
    if (ahead > MOVED_MS)
      return [
        warn(
          'clock',
          `it was put back: the newest event is of ${isoOf(recordedAt)}, ${seconds(ahead)} from now`,
          `${ADVICE}; until then events are recorded at that time`,
        ),
      ];
  }
  const moved = watch.moved();
  if (Math.abs(moved) > MOVED_MS) return [warn('clock', `moved by ${seconds(moved)} since this process started`, ADVICE)];
  return [ok('clock', `${isoOf(now)}, behind nothing that was recorded`)];
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
