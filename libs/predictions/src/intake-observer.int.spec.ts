import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { IntakeWorld } from '../../../test/support/intake-world.js';

describe('who observes the intake', () => {
  const directory = mkdtempSync(join(tmpdir(), 'intake-observer-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('hears of every answer with its counts and time, and of every refusal by its code', async () => {
    const heard: string[] = [];
    const times: number[] = [];
    const observer = {
      answered(kind: string, { accepted, duplicates }: { accepted: number; duplicates: number }, tookMs: number) {
        heard.push(`${kind} ${accepted} ${duplicates}`);
        times.push(tookMs);
      },
      refused: (code: string) => void heard.push(code),
    };
    const world = await IntakeWorld.open({ store: new InMemoryEventStore(), directory, observer });
    await world.predict([{ id: 'a', features: { x: 1 } }]);
    await world.predict([{ id: 'a', features: { x: 1 } }]);
    await world.label([{ id: 'a', label: true }]);
    await expect(world.predict([], { deployment: 'No Name' })).rejects.toThrow();
    expect(heard).toEqual(['predictions 1 0', 'predictions 0 1', 'labels 1 0', 'NAME_INVALID']);
    expect(times.every((tookMs) => tookMs > 0)).toBe(true);
    await world.stop();
  });
});
