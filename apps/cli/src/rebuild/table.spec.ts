import { outcomeText, progressText } from './table.js';

const table = (over: object = {}) => ({ table: 'alerts_log_v1', equal: true, rows: { live: 3, rebuilt: 3 }, differences: [], ...over });
const done = (over: object = {}) => ({
  kind: 'done' as const,
  seconds: 1.25,
  projection: 'alerts',
  events: 7,
  equal: true,
  adopted: true,
  tables: [table()],
  ...over,
});

describe('the progress of a rebuild', () => {
  it('is drawn as the part of the log that was read', () => {
    const at = (position: string, head: string) =>
      progressText({ kind: 'progress', seconds: 1, stage: 'building', events: 5, position, head });
    expect(at('50', '200')).toBe(`${'█'.repeat(7)}${'░'.repeat(21)}  25 %  building, 5 events`);
    expect(at('0', '0')).toContain('100 %');
    expect(at('42/40', '42/40')).toContain('100 %');
  });
});

describe('the outcome of a rebuild', () => {
  it('says that nothing differed, and that the new tables are in place', () => {
    expect(outcomeText(done())).toBe(
      'alerts_log_v1  3 rows, equal\nalerts: 7 events in 1.3 s; the result is equal to the live tables row for row, and is now in their place.\n',
    );
  });

  it('shows which rows were on one side only, and that the live tables were left alone', () => {
    const differences = [
      { row: '["a"]', surplus: 1 },
      { row: `["${'b'.repeat(300)}"]`, surplus: -1 },
    ];
    const text = outcomeText(
      done({ equal: false, adopted: false, tables: [table({ equal: false, rows: { live: 3, rebuilt: 4 }, differences })] }),
    );
    expect(text).toContain('alerts_log_v1  DIFFERS: 3 rows live, 4 rebuilt\n  only live     ["a"]\n  only rebuilt  ["bbb');
    expect(text.split('\n')[2]?.length).toBeLessThan(200);
    expect(text).toContain('the live tables are as they were');
  });
});
