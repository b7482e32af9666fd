import { against, changesOf, difference } from './changes.js';
import { becomes } from './described.js';

describe('changes', () => {
  it('are told leaf by leaf, lists whole, and only where something differs', () => {
    const before = { window: { minutes: 60 }, subjects: ['a'], same: 1 };
    const after = { window: { minutes: 1440 }, subjects: ['a', 'b'], same: 1, added: true };
    expect(difference('definition', before, after)).toEqual([
      { path: 'definition.added', before: null, after: true },
      { path: 'definition.subjects', before: ['a'], after: ['a', 'b'] },
      { path: 'definition.window.minutes', before: 60, after: 1440 },
    ]);
  });

  it('whose former value an event does not know are told against the entry before it', () => {
    const now = [becomes('definition', { k: 2, n: 5 }), { path: 'paused', before: true, after: false }];
    expect(against(now, [becomes('definition', { k: 1, n: 5 })])).toEqual([
      { path: 'definition.k', before: 1, after: 2 },
      { path: 'paused', before: true, after: false },
    ]);
    expect(against(now, [])).toEqual(now);
  });

  it('come back from the table as they went in', () => {
    const changes = [becomes('roles.admin', true), { path: 'x', before: { a: [1] }, after: null }];
    expect(changesOf(JSON.stringify(changes))).toEqual(changes);
  });
});
