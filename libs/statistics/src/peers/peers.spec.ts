import { describe, expect, it } from '@jest/globals';
import { chiSquare } from '../hypothesis/chi-square.js';
import { wasserstein } from '../distance/wasserstein.js';
import evidentlyOracle from '../oracles/evidently.json' with { type: 'json' };
import nannymlOracle from '../oracles/nannyml.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { EVIDENTLY_METHODS, evidentlyMethodOf, evidentlyScore, evidentlyThreshold, evidentlyType } from './evidently.js';
import { NANNYML_METHODS, nannymlScore, nannymlTakes } from './nannyml.js';
import { type PeerColumn, type PeerColumns } from './peer.js';

type Cell = number | string | null;
type Case = {
  readonly name: string;
  readonly times?: number;
  readonly reference?: readonly Cell[];
  readonly current?: readonly Cell[];
  readonly rows?: { readonly reference: readonly number[]; readonly current: readonly number[] };
};

const columnOf = (cells: readonly Cell[]): PeerColumn => {
  const present = cells.filter((cell) => cell !== null);
  const missing = cells.length - present.length;
  const numbers = present.filter((cell) => typeof cell === 'number');
  if (numbers.length === present.length) return { kind: 'numeric', sorted: sortedValues(numbers), missing };
  return { kind: 'categorical', values: present.map(String), missing };
};

/** The formula of tools/oracles/peers.py for columns too long to be written down. */
const long = ([rows = 0, add = 0, shift = 0]: readonly number[]): number[] =>
  Array.from({ length: rows }, (_, i) => ((i * 7919 + add) % 10_007) / 16 + shift);

const columnsOf = ({ times = 1, reference = [], current = [], rows }: Case): PeerColumns => {
  if (rows) return { reference: columnOf(long(rows.reference)), current: columnOf(long(rows.current)) };
  const repeated = (cells: readonly Cell[]): Cell[] => Array.from({ length: times }, () => cells).flat();
  return { reference: columnOf(repeated(reference)), current: columnOf(repeated(current)) };
};

/** 1e-9 relative; what the peers compute by cancellation (1 − Φ, 1 − Σ√pq) has no better absolute accuracy than 1e-12. */
const expectClose = (ours: number, theirs: number): void => {
  expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-9 * Math.abs(theirs) + 1e-12);
};

const SHOWN: Readonly<Record<string, string>> = {
  'K-S p_value': 'ks',
  'chi-square p_value': 'chisquare',
  'Z-test p_value': 'z',
  'Jensen-Shannon distance': 'jensenshannon',
  'Wasserstein distance (normed)': 'wasserstein',
};
const TYPES: Readonly<Record<string, string>> = { num: 'numerical', cat: 'categorical' };

const numeric = (values: readonly number[]): PeerColumn => columnOf(values);
const words = (...values: readonly string[]): PeerColumn => ({ kind: 'categorical', values, missing: 0 });

describe('evidently 0.7', () => {
  it.each(evidentlyOracle.cases)('has its type, method, limit and numbers: $name', (given) => {
    const columns = columnsOf(given);
    const type = evidentlyType(columns.current);
    expect(type).toBe(TYPES[given.type]);
    if (type !== 'numerical' && type !== 'categorical') throw new Error(`unexpected type ${type}`);
    for (const [asked, { score, shown, threshold }] of Object.entries(given.scores)) {
      const method = asked === 'default' ? evidentlyMethodOf(type, columns) : EVIDENTLY_METHODS.find((known) => known === asked);
      if (method === undefined) throw new Error(`unexpected method ${asked}`);
      if (asked === 'default') expect([SHOWN[shown], threshold]).toEqual([method, evidentlyThreshold(method)]);
      expectClose(evidentlyScore(method, type, columns).score, score);
    }
  });

  it('tests counts against the reference as if it were exact: without drift it alarms in a fifth of all cases, the contingency form in a twentieth', () => {
    const random = seededRandom(2);
    const draw = (): string[] => Array.from({ length: 500 }, () => `c${Math.floor(random() * 6)}`);
    let [theirs, ours] = [0, 0];
    for (let run = 0; run < 400; run += 1) {
      const [a, b] = [draw(), draw()];
      const columns = { reference: words(...a), current: words(...b) };
      if (evidentlyScore('chisquare', 'categorical', columns).score < 0.05) theirs += 1 / 400;
      const counts = (side: readonly string[]): number[] => [0, 1, 2, 3, 4, 5].map((c) => side.filter((word) => word === `c${c}`).length);
      if ((chiSquare(counts(a), counts(b)).pValue ?? 1) < 0.05) ours += 1 / 400;
    }
    expect(theirs).toBeGreaterThan(0.2);
    expect(ours).toBeLessThan(0.075);
  });

  it('changes method, direction and unit between 1,000 and 1,001 rows of reference', () => {
    const at = (rows: number): PeerColumns => ({ reference: numeric(long([rows])), current: numeric(long([400, 500])) });
    expect(evidentlyMethodOf('numerical', at(1000))).toBe('ks');
    expect(evidentlyMethodOf('numerical', at(1001))).toBe('wasserstein');
    expect(evidentlyScore('ks', 'numerical', at(1000)).direction).toBe('drift when small');
    expect(evidentlyScore('wasserstein', 'numerical', at(1001)).direction).toBe('drift when large');
  });

  it('takes words that hardly repeat for text, and booleans with gaps for nothing', () => {
    expect(evidentlyType(words('a', 'b', 'c'))).toBe('text');
    expect(evidentlyType(words('true', 'False', 'true'))).toBe('categorical');
    expect(evidentlyType({ kind: 'categorical', values: ['true', 'false'], missing: 1 })).toBe('unknown');
  });

  it('leaves its input as it was', () => {
    const values = Object.freeze(['a', 'b', 'a']);
    const columns: PeerColumns = { reference: { kind: 'categorical', values, missing: 0 }, current: words('a', 'a', 'b') };
    const first = evidentlyScore('hellinger', 'categorical', columns);
    expect(evidentlyScore('hellinger', 'categorical', columns)).toEqual(first);
  });

  it('refuses words where numbers are needed, and empty sides', () => {
    const columns = { reference: words('a'), current: words('b') };
    expect(() => evidentlyScore('ks', 'categorical', columns)).toThrow('evidently ks requires numbers on both sides');
    expect(() => evidentlyMethodOf('categorical', { ...columns, current: words() })).toThrow(
      'evidently requires at least one value in each sample',
    );
  });
});

describe('nannyml 0.13', () => {
  it.each(nannymlOracle.cases)('has its numbers: $name', (given) => {
    const columns = columnsOf(given);
    for (const [asked, score] of Object.entries(given.scores)) {
      const method = NANNYML_METHODS.find((known) => known === asked);
      if (method === undefined) throw new Error(`unexpected method ${asked}`);
      expect(nannymlTakes(method, columns.reference.kind)).toBe(true);
      expectClose(nannymlScore(method, columns).score, score);
    }
  });

  it('from 10,000 rows on counts one value too many below the reference: its distance is off where the exact one is not', () => {
    const [a, b] = [sortedValues(long([10_000, 2000])), sortedValues(long([60, 0, -600]))];
    const columns: PeerColumns = {
      reference: { kind: 'numeric', sorted: a, missing: 0 },
      current: { kind: 'numeric', sorted: b, missing: 0 },
    };
    const [theirs, exact] = [nannymlScore('wasserstein', columns).score, wasserstein(a, b).score];
    expect(Math.abs(theirs / exact - 1)).toBeGreaterThan(0.005);
    expect(exact).toBeCloseTo(columnMean(a) - columnMean(b), 6);
  });

  it('takes numbers for continuous and words for categories, whatever their values', () => {
    expect(NANNYML_METHODS.filter((method) => nannymlTakes(method, 'numeric'))).toEqual([
      'jensen_shannon',
      'kolmogorov_smirnov',
      'wasserstein',
      'hellinger',
    ]);
    expect(NANNYML_METHODS.filter((method) => nannymlTakes(method, 'categorical'))).toEqual([
      'jensen_shannon',
      'hellinger',
      'chi2',
      'l_infinity',
    ]);
  });
});

const columnMean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
