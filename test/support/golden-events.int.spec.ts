import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { EventParked, defineEvent } from '#libs/event-store';
import { readGoldenEvents, readGoldenFolder } from './golden-events.js';

const Counted = defineEvent('ThingsCounted', {
  version: 2,
  schema: z.object({ total: z.number() }),
  upcasters: { 1: (old) => ({ total: z.object({ sum: z.number() }).parse(old).sum }) },
});

describe('golden events', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const golden = (file: string, body: unknown): void => writeFileSync(join(folder, file), JSON.stringify(body, undefined, 2));

  it('of this library are read into the current schema', () => {
    expect(readGoldenEvents('event-store', [EventParked]).map(({ recorded }) => recorded.data)).toMatchObject([
      { revision: 12n, position: '4711' },
    ]);
  });

  it('are missed when a released version has no file', () => {
    golden('ThingsCounted.v2.json', { total: 1 });
    expect(() => readGoldenFolder(folder, [Counted])).toThrow('missing ThingsCounted.v1.json');
  });

  it('are lifted through the upcasters', () => {
    golden('ThingsCounted.v1.json', { sum: 3 });
    expect(readGoldenFolder(folder, [Counted]).map(({ file, recorded }) => [file, recorded.data])).toEqual([
      ['ThingsCounted.v1.json', { total: 3 }],
      ['ThingsCounted.v2.json', { total: 1 }],
    ]);
  });

  it('that cannot be read any more, or belong to nothing, fail', () => {
    golden('ThingsCounted.v1.json', { forgotten: 3 });
    expect(() => readGoldenFolder(folder, [Counted])).toThrow(/cannot be read as ThingsCounted version 1/);
    golden('ThingsCounted.v1.json', { sum: 3 });
    golden('ThingsCounted.v3.json', { sum: 3 });
    expect(() => readGoldenFolder(folder, [Counted])).toThrow(/belongs to no version/);
  });
});
