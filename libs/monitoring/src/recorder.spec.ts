import { CommandRunner, EventCodec } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { idOfName, instant } from '#libs/kernel';
import { calendarOf } from './calendar.js';
import { RecordTick } from './commands.js';
import { MONITORING_EVENTS } from './events.js';
import { Recorder } from './recorder.js';
import { derivedMeta } from './revision.js';
import { tickDue, watermarkOf } from './windows.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = 100 * DAY + 12 * HOUR;
const [monitorId, deploymentId] = [idOfName('test', 'monitor'), idOfName('test', 'deployment')];

describe('a tick of a machine whose clock is ahead of the log', () => {
  const clock = { time: NOON, now: () => instant(clock.time) };
  const rules = { calendar: calendarOf('UTC', 60), latenessMinutes: 10 };
  const log = { newest: NOON - 1_000, recordedAt: NOON - 1_000, live: true };
  const store = new InMemoryEventStore(clock);
  const codec = new EventCodec(MONITORING_EVENTS);
  const recorder = new Recorder(new CommandRunner(store, codec), store, codec);
  const tell = async (now: number): Promise<boolean> => {
    const tick = tickDue(log, (await recorder.stateOf(monitorId)).tick, now, rules);
    if (tick) await recorder.record(monitorId, new RecordTick({ monitorId, deploymentId, ...tick }, derivedMeta(monitorId, `tick:${now}`)));
    return tick !== undefined;
  };
  const watermark = async (from = recorder): Promise<number> =>
    watermarkOf(log, (await from.stateOf(monitorId)).tick, rules.latenessMinutes);

  it('closes no window that is open by the clock of the log, and keeps no right one from closing later', async () => {
    expect(await tell(NOON + DAY)).toBe(true);
    expect(await watermark()).toBe(NOON - 10 * 60_000);
    clock.time += 2 * HOUR;
    expect(await tell(clock.time)).toBe(true);
    expect(await watermark()).toBe(clock.time - 10 * 60_000);
    expect(await watermark(new Recorder(new CommandRunner(store, codec), store, codec))).toBe(clock.time - 10 * 60_000);
  });
});
