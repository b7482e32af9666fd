import { instant } from '#libs/kernel';
import { type Projection, type TableSpec, checkProjection, cutByMonth, highestPosition, projectionId } from './projection.js';

const TABLE: TableSpec = { name: 't_v1', columns: ['name', 'position'], partition: 'month' };
const projection = (tables: readonly TableSpec[]): Projection => ({
  name: 'things',
  version: 2,
  handles: [],
  tables,
  rows: () => new Map(),
});

describe('a projection', () => {
  it('is known by its name and version', () => {
    expect(projectionId(projection([]))).toBe('things.v2');
  });

  it('is refused when a table could not be repaired after a crash', () => {
    expect(() => checkProjection(projection([{ ...TABLE, columns: ['name'] }]))).toThrow('no column position');
    expect(() => checkProjection(projection([TABLE, TABLE]))).toThrow('twice');
    expect(() => checkProjection(projection([TABLE]))).not.toThrow();
  });

  it('reaches the highest position among its rows, however it is written', () => {
    expect(highestPosition(TABLE, [['a', 5n], ['b', '18446744073709551615'], ['c', 7]])).toBe(18446744073709551615n); // prettier-ignore
    expect(() => highestPosition(TABLE, [['a', null]])).toThrow('has no position');
  });

  it('keeps a block within one month of UTC, also when time seems to run backwards', () => {
    const events = ['2026-01-31T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-02-28T12:00:00.000Z', '2026-01-31T23:59:59.998Z'].map(
      (at) => ({
        recordedAt: instant(Date.parse(at)),
      }),
    );
    expect(cutByMonth(events).map((piece) => piece.length)).toEqual([1, 2, 1]);
    expect(cutByMonth(events).flat()).toEqual(events);
    expect(cutByMonth([])).toEqual([]);
  });
});
