import { positionOf } from '#libs/kernel';
import { type Intent } from './intent-store.js';
import { type TableSpec } from './projection.js';
import { recover } from './recovery.js';

const table = (name: string, expires = false): TableSpec => ({ name, columns: ['position'], partition: 'none', expires });
const A = table('a');
const B = table('b');
const intent = (overrides: Partial<Intent> = {}): Intent => ({
  from: '91',
  to: '100',
  after: '90',
  attempt: 1,
  before: { a: '90', b: '80' },
  planned: { a: '100', b: '99' },
  replayUntil: '0',
  ...overrides,
});
const found = (a: bigint, b: bigint) => new Map([['a', a], ['b', b]]); // prettier-ignore

describe('recovery of a projection', () => {
  it('goes on at the checkpoint when every table has what it should have', () => {
    expect(recover([A, B], found(100n, 99n), intent(), positionOf(120n))).toMatchObject({
      resumeAfter: positionOf(120n),
      attempt: 1,
      replayUntil: 0n,
    });
  });

  it('reads a batch again that some table never got, with new tokens', () => {
    expect(recover([A, B], found(100n, 80n), intent(), positionOf(90n))).toMatchObject({
      resumeAfter: positionOf(90n),
      attempt: 2,
      replayUntil: 100n,
    });
  });

  it('goes back behind the checkpoint when the newest block was lost after it had been acknowledged', () => {
    expect(recover([A, B], found(90n, 99n), intent(), positionOf(120n))).toMatchObject({
      resumeAfter: positionOf(90n),
      attempt: 2,
      replayUntil: 120n,
    });
  });

  it('goes back to what is left when an older block was lost as well', () => {
    expect(recover([A, B], found(70n, 99n), intent(), positionOf(120n)).resumeAfter).toEqual(positionOf(70n));
  });

  it('reads everything again when the tables are gone', () => {
    expect(recover([A, B], found(0n, 0n), intent(), positionOf(120n))).toMatchObject({ resumeAfter: undefined, replayUntil: 120n });
  });

  it('does not trust the checkpoint while a repetition is unfinished', () => {
    const unfinished = intent({ replayUntil: '120' });
    expect(recover([A, B], found(100n, 99n), unfinished, positionOf(120n))).toMatchObject({
      resumeAfter: positionOf(100n),
      replayUntil: 120n,
    });
  });

  it('starts at the beginning of the log the first time', () => {
    expect(recover([A, B], found(0n, 0n), undefined, undefined)).toMatchObject({ resumeAfter: undefined, attempt: 1, replayUntil: 0n });
  });

  it('reads from the table furthest behind when the intent was lost, and looks after every insert', () => {
    expect(recover([A, B], found(100n, 60n), undefined, positionOf(120n))).toMatchObject({
      resumeAfter: positionOf(60n),
      replayUntil: 120n,
    });
  });

  it('does not take a table that expired for a lost one', () => {
    expect(recover([table('a', true), B], found(0n, 99n), intent(), positionOf(120n)).resumeAfter).toEqual(positionOf(120n));
  });
});
