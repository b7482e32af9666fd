import { globalId } from '#libs/graphql-kit';
import { principalIdOf } from '#libs/identity';
import { uuid } from '#libs/kernel';
import { type Entry } from './answers.js';
import { filterOf } from './filter.js';
import { trailTable } from './table.js';

const anEntry = (overrides: Partial<Entry> = {}): Entry => ({
  id: 'x',
  position: '42',
  recordedAt: '2026-11-23T18:00:00.000Z',
  type: 'AlertSilenced',
  class: 'ALERT',
  summary: 'Alert on feature:amount of fraud silenced',
  actor: { kind: 'PERSON', via: 'session 1' },
  onBehalfOf: null,
  source: { surface: 'graphql', route: null, addressClass: 'loopback' },
  reason: null,
  correlationId: '00000000-0000-4000-8000-000000000001',
  changes: [],
  sha256: '0'.repeat(64),
  ...overrides,
});

describe('flags of audit', () => {
  it('take names or UUIDs', () => {
    const id = '00000000-0000-4000-8000-00000000000a';
    expect(filterOf({ actor: 'alice' })).toEqual({ actor: globalId('Principal', principalIdOf('alice')) });
    expect(filterOf({ deployment: id, intake: true })).toEqual({ deployment: globalId('Deployment', uuid(id)), includeIntake: true });
  });

  it('take a date for its start, and refuse what is no time or no class', () => {
    expect(filterOf({ from: '2001-03-05' })).toEqual({ from: '2001-03-05T00:00:00.000Z' });
    expect(() => filterOf({ until: 'yesterday' })).toThrow('--until takes a date');
    expect(() => filterOf({ class: 'alerts' })).toThrow('--class takes intake');
  });
});

describe('the table of audit', () => {
  it('has a line per entry and the reason below it', () => {
    const lines = trailTable([anEntry({ reason: 'known release' }), anEntry({ position: '7' })]).split('\n');
    expect(lines[1]).toMatch(/^42 +2026-11-23T18:00:00\.000Z +alert +person by session 1 +Alert on feature:amount/);
    expect(lines[2]?.trim()).toBe('reason: known release');
    expect(lines[3]).toMatch(/^7 /);
  });

  it('lets no entry write to the terminal by itself', () => {
    const table = trailTable([anEntry({ summary: 'a\u001b[2Jb\nc' })]);
    expect([table.includes('\u001b'), table.includes('b\nc')]).toEqual([false, false]);
  });

  it('says so when there is nothing', () => {
    expect(trailTable([])).toBe('No entries.\n');
  });
});
