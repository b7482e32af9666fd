import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import adwinOracle from '../oracles/adwin.json' with { type: 'json' };
import cusumOracle from '../oracles/cusum.json' with { type: 'json' };
import ddmOracle from '../oracles/ddm.json' with { type: 'json' };
import eddmOracle from '../oracles/eddm.json' with { type: 'json' };
import ewmaOracle from '../oracles/ewma.json' with { type: 'json' };
import hddmAOracle from '../oracles/hddm-a.json' with { type: 'json' };
import hddmWOracle from '../oracles/hddm-w.json' with { type: 'json' };
import kswinOracle from '../oracles/kswin.json' with { type: 'json' };
import pageHinkleyOracle from '../oracles/page-hinkley.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { type Detector } from './detector.js';
import { DETECTOR_IDS, detectorById, type DetectorId, DETECTORS, isDetectorId, restoreDetector } from './detectors.js';
import { oracleStream, type Segment } from './oracle-streams.js';

type Found = { readonly changes: number[]; readonly warnings: number[][] };
type Case = Found & { readonly name: string; readonly parameters: object; readonly seed: number; readonly segments: Segment[] };

const observe = (detector: Detector, values: readonly number[]): Found => {
  const found: Found = { changes: [], warnings: [] };
  values.forEach((value, i) => {
    const { change, warning } = detector.update(value);
    if (change) found.changes.push(i);
    const last = found.warnings.at(-1);
    if (warning && last?.[1] === i - 1) last[1] = i;
    else if (warning) found.warnings.push([i, i]);
  });
  return found;
};

const changesOf = (id: DetectorId, values: readonly number[], given: Readonly<Record<string, unknown>> = {}): number[] =>
  observe(detectorById(id).start(given), values).changes;

const normals = (size: number, mean: number, seed: number): number[] => oracleStream(seed, [{ length: size, mean, deviation: 1 }]);
const errors = (size: number, rate: number, seed: number): number[] => oracleStream(seed, [{ length: size, rate }]);
const streamFor = (id: DetectorId, seed: number): number[] =>
  detectorById(id).input === 'errors'
    ? [...errors(700, 0.1, seed), ...errors(500, 0.6, seed + 1), ...errors(300, 0.05, seed + 2)]
    : [...normals(700, 0, seed), ...normals(500, 4, seed + 1), ...normals(300, -4, seed + 2)];

const ORACLES: readonly (readonly [DetectorId, readonly Case[]])[] = [
  ['adwin', adwinOracle.cases],
  ['ddm', ddmOracle.cases],
  ['eddm', eddmOracle.cases],
  ['hddm_a', hddmAOracle.cases],
  ['hddm_w', hddmWOracle.cases],
  ['kswin', kswinOracle.cases.exact],
  ['page_hinkley', pageHinkleyOracle.cases],
  ['cusum', cusumOracle.cases],
  ['ewma', ewmaOracle.cases],
];

describe.each(ORACLES)('%s', (id, cases) => {
  it.each(cases)('changes and warns where River does: $name, $parameters', ({ parameters, seed, segments, changes, warnings }) => {
    expect(observe(detectorById(id).start({ ...parameters }), oracleStream(seed, segments))).toEqual({ changes, warnings });
  });

  it('goes on after JSON as if never stopped, wherever the stream is cut', () => {
    const values = streamFor(id, 11);
    const whole = observe(detectorById(id).start(), values);
    expect(whole.changes.length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: values.length }), (cut) => {
        const first = detectorById(id).start();
        const before = observe(first, values.slice(0, cut)).changes;
        const second = restoreDetector(JSON.parse(JSON.stringify(first.state())));
        expect(second.estimate()).toBe(first.estimate());
        const after = observe(second, values.slice(cut)).changes.map((i) => i + cut);
        expect([...before, ...after]).toEqual(whole.changes);
      }),
      { numRuns: 10, examples: [[(whole.changes[0] ?? 0) + 1]] },
    );
  });

  it('keeps a state that later values do not touch', () => {
    const detector = detectorById(id).start();
    observe(detector, streamFor(id, 3).slice(0, 150));
    const state = detector.state();
    const text = JSON.stringify(state);
    observe(detector, streamFor(id, 4));
    expect(JSON.stringify(state)).toBe(text);
    expect(JSON.stringify(restoreDetector(state).state())).toBe(text);
  });

  it('finds no change in a constant stream and has no level before its first value', () => {
    for (const value of detectorById(id).input === 'errors' ? [0, 1] : [0, 0.1, -1e9]) {
      const detector = detectorById(id).start();
      expect(detector.estimate()).toBeUndefined();
      expect(observe(detector, new Array<number>(2_000).fill(value))).toEqual({ changes: [], warnings: [] });
    }
  });

  it('refuses a value that is no number and stays as it was', () => {
    const detector = detectorById(id).start();
    observe(detector, streamFor(id, 5).slice(0, 40));
    const before = JSON.stringify(detector.state());
    expect(() => detector.update(NaN)).toThrow(`${id} requires finite values`);
    expect(() => detector.update(Infinity)).toThrow(`${id} requires finite values`);
    for (const value of [1e146, -1e160, 1e308])
      expect(() => detector.update(value)).toThrow(`${id} requires values between -1e145 and 1e145`);
    if (detectorById(id).input === 'errors') expect(() => detector.update(0.5)).toThrow(`${id} requires values of 0 or 1`);
    expect(JSON.stringify(detector.state())).toBe(before);
  });

  it('remembers finite numbers alone, however large the values it takes', () => {
    if (detectorById(id).input === 'errors') return;
    const detector = detectorById(id).start();
    observe(
      detector,
      Array.from({ length: 500 }, (_, i) => (i % 3 === 0 ? 1e145 : -1e145)),
    );
    expect(() => detectorById(id).restore(JSON.parse(JSON.stringify(detector.state())))).not.toThrow();
  });

  it('keeps a state that does not grow with the stream, where the online detectors of Alibi Detect keep every statistic', () => {
    const isErrors = detectorById(id).input === 'errors';
    const detector = detectorById(id).start();
    observe(detector, isErrors ? errors(30_000, 0.2, 21) : normals(30_000, 0, 21));
    expect(JSON.stringify(detector.state()).length).toBeLessThan(4096);
  });

  it('refuses parameters it does not have or that are out of range, and states of others', () => {
    const method = detectorById(id);
    expect(() => method.start({ nonsense: 1 })).toThrow(`${id} requires known parameters, not "nonsense"`);
    for (const [name, parameter] of Object.entries(method.parameters)) {
      const wrong = parameter.kind === 'number' ? -1 : 'sideways';
      expect(() => method.start({ [name]: wrong })).toThrow(`${id} requires ${name} to be`);
    }
    const state = method.start().state();
    expect(() => method.restore({ ...state, version: 99 })).toThrow(`${id} requires a state of ${id} version ${method.version}`);
    expect(() => method.restore({ ...state, memory: {} })).toThrow(`${id} requires a state of`);
    expect(() => method.restore({ ...state, memory: { ...state.memory, count: null } })).toThrow(`${id} requires a state of`);
  });
});

describe('both directions', () => {
  const two: readonly (readonly [DetectorId, object])[] = [
    ['adwin', {}],
    ['kswin', { alpha: 0.0001 }],
    ['page_hinkley', {}],
    ['cusum', { min_instances: 200, threshold: 8 }],
    ['ewma', {}],
    ['hddm_a', { two_sided_test: true }],
    ['hddm_w', { two_sided_test: true }],
  ];
  it.each(two)('%s finds an increase and a decrease, and as soon', (id, given) => {
    const isErrors = detectorById(id).input === 'errors';
    const up = isErrors ? [...errors(400, 0.1, 8), ...errors(400, 0.8, 9)] : [...normals(400, 0, 8), ...normals(400, 4, 9)];
    const down = up.map((value) => (isErrors ? 1 - value : -value));
    const first = changesOf(id, up, { ...given })[0];
    expect(first).toBeGreaterThanOrEqual(400);
    expect(first).toBeLessThan(450);
    expect(changesOf(id, down, { ...given })[0]).toBe(first);
  });

  it.each(['page_hinkley', 'cusum', 'ewma'] as const)('%s in one mode is blind for the other direction', (id) => {
    const up = [...normals(400, 0, 8), ...normals(400, 4, 9)];
    const given = id === 'cusum' ? { threshold: 12 } : {};
    expect(changesOf(id, up, { ...given, mode: 'up' })[0]).toBeLessThan(450);
    expect(changesOf(id, up.slice(0, 420), { ...given, mode: 'down' })).toEqual([]);
  });
});

describe('adwin', () => {
  /** The definition: all values kept, every cut tried. */
  const plainChanges = (values: readonly number[]): number[] => {
    let window: number[] = [];
    const isCut = (): boolean => {
      const n = window.length;
      const total = window.reduce((sum, value) => sum + value, 0);
      const variance = window.reduce((sum, value) => sum + (value - total / n) ** 2, 0) / n;
      const confidence = Math.log((2 * Math.log(n)) / 0.002);
      let older = 0;
      return window.some((value, i) => {
        const cut = i + 1;
        older += value;
        if (cut < 5 || n - cut < 5) return false;
        const noise = 1 / (cut - 4) + 1 / (n - cut - 4);
        const bound = Math.sqrt(2 * noise * variance * confidence) + (2 / 3) * confidence * noise;
        return Math.abs(older / cut - (total - older) / (n - cut)) > bound;
      });
    };
    return values.flatMap((value, i) => {
      window.push(value);
      if (window.length % 32 !== 0 || !isCut()) return [];
      window = [];
      return [i];
    });
  };

  it('finds each change of a four-segment stream within 32 values of the plain definition (older Rivers skip the newest buckets)', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = seededRandom(seed);
      const integers = (from: number, below: number): number[] =>
        Array.from({ length: 1_000 }, () => from + Math.floor(random() * (below - from)));
      const values = [...integers(0, 2), ...integers(4, 8), ...integers(0, 2), ...integers(4, 8)];
      const [ours, plain] = [changesOf('adwin', values), plainChanges(values)];
      expect(plain).toHaveLength(3);
      expect(ours).toHaveLength(3);
      ours.forEach((index, i) => expect(Math.abs(index - (plain[i] ?? NaN))).toBeLessThanOrEqual(32));
    }
  });

  it('keeps a logarithmic number of buckets and the exact mean of its window', () => {
    const values = normals(20_000, 0.5, 77).map((value) => value / 100);
    const detector = detectorById('adwin').start();
    expect(observe(detector, values).changes).toEqual([]);
    expect(detector.estimate()).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 12);
    const { counts, totals } = detector.state().memory;
    expect(Array.isArray(counts) && counts.length).toBeLessThanOrEqual(Math.log2(20_000));
    expect(Array.isArray(totals) && totals.length).toBeLessThanOrEqual(6 * Math.log2(20_000));
  });

  it('estimates at a change from what is left once the old part is dropped', () => {
    const detector = detectorById('adwin').start();
    const values = [...new Array<number>(500).fill(0), ...new Array<number>(100).fill(1)];
    const change = values.findIndex((value) => detector.update(value).change);
    expect(detector.estimate()).toBeGreaterThan((1.5 * (change + 1 - 500)) / (change + 1));
    expect(detector.state().memory['width']).toBeLessThan(change + 1);
    detector.update(1);
    expect(detector.state().memory['width']).toBe(1);
  });
});

describe('hddm_w', () => {
  it('stays silent at one error after 600 right predictions (older Rivers begin a mean anew whenever it is 0)', () => {
    expect(changesOf('hddm_w', [...new Array<number>(600).fill(0), 1, ...new Array<number>(400).fill(0)])).toEqual([]);
    const rare = Array.from({ length: 15 }, (_, i) => changesOf('hddm_w', errors(5_000, 0.002, 1_000 + i)).length);
    expect(rare.reduce((sum, count) => sum + count, 0)).toBe(0);
  });
});

describe('false changes in streams without change', () => {
  const total = (id: DetectorId, rate: number): number =>
    Array.from({ length: 8 }, (_, i) => changesOf(id, errors(5_000, rate, 31 * i + 7)).length).reduce((sum, count) => sum + count, 0);

  it('are next to none for hddm_a and adwin, and many for ddm where errors are rare', () => {
    for (const rate of [0.005, 0.05, 0.3]) {
      expect(total('hddm_a', rate)).toBeLessThanOrEqual(3);
      expect(total('adwin', rate)).toBeLessThanOrEqual(3);
    }
    expect(total('ddm', 0.005)).toBeGreaterThan(20);
  });

  it.each([
    [{}, 1_000, [180, 50]],
    [{ min_instances: 100 }, 600, [340, 140]],
    [{ min_instances: 500 }, 300, [790, 550]],
  ] as const)('come from cusum after the runs its table of warm-ups says: %j', (given, runs, [half, tenth]) => {
    const random = seededRandom(4_242);
    const bell = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const lengths = Array.from({ length: runs }, () => {
      const detector = detectorById('cusum').start({ ...given });
      let length = 1;
      while (!detector.update(bell()).change) length += 1;
      return length;
    });
    // A share of the runs is known to four standard errors.
    const within = (length: number): number => lengths.filter((run) => run <= length).length / runs;
    expect(Math.abs(within(half) - 0.5)).toBeLessThan(0.02 + 4 * Math.sqrt(0.25 / runs));
    expect(Math.abs(within(tenth) - 0.1)).toBeLessThan(0.02 + 4 * Math.sqrt(0.09 / runs));
  });

  it('come once in about 465 values from cusum with a known reference, as the tables of run lengths say', () => {
    const taught = detectorById('cusum').start({ min_instances: 20_000, slack: 0.5, threshold: 5 });
    observe(taught, normals(19_999, 0, 9));
    let [detector, changes] = [restoreDetector(taught.state()), 0];
    const values = normals(100_000, 0, 77);
    for (const value of values) {
      if (!detector.update(value).change) continue;
      changes += 1;
      detector = restoreDetector(taught.state());
    }
    // Run lengths are spread like their mean: four standard errors of about 215 runs are 130 values.
    expect(Math.abs(values.length / changes - 465)).toBeLessThan(130);
  });
});

describe('charts without units', () => {
  it.each(['cusum', 'ewma'] as const)('%s finds the same changes however the stream is scaled', (id) => {
    const values = streamFor(id, 21);
    const changes = changesOf(id, values);
    expect(
      changesOf(
        id,
        values.map((value) => value * 1024),
      ),
    ).toEqual(changes);
    expect(
      changesOf(
        id,
        values.map((value) => value / 1024),
      ),
    ).toEqual(changes);
  });

  it('ewma is not led astray by an offset of 10⁹ (a variance as difference of squares turns negative there)', () => {
    const stream = Array.from({ length: 500 }, (_, i) => 1e9 + (i % 7));
    expect(changesOf('ewma', stream)).toEqual([]);
    expect(changesOf('ewma', [...stream, ...stream.map((value) => value + 30)])[0]).toBeLessThan(520);
  });

  it('cusum takes any other value after a constant warm-up for a change', () => {
    expect(changesOf('cusum', [...new Array<number>(100).fill(0.1), 0.2])).toEqual([100]);
  });
});

describe('kswin', () => {
  it.each(kswinOracle.cases.spread)('finds $name as soon as River does, over forty seeds each', (given) => {
    const values = oracleStream(given.seed, given.segments);
    const first = Array.from({ length: 40 }, (_, seed) => changesOf('kswin', values.slice(0, 400), { alpha: given.alpha, seed })[0] ?? NaN);
    const mean = first.reduce((sum, index) => sum + index, 0) / first.length;
    expect(Math.abs(mean - given.mean)).toBeLessThanOrEqual(Math.max(1, 4 * given.deviation * Math.sqrt(2 / 40)));
  });

  it('depends on its seed and on nothing else', () => {
    const values = normals(3_000, 0, 5);
    const of = (seed: number): number[] => changesOf('kswin', values, { seed, alpha: 0.02 });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('refuses a window too small for its draw at once, not at the first full window', () => {
    expect(() => detectorById('kswin').start({ window_size: 50, stat_size: 30 })).toThrow(
      'kswin requires window_size to be at least twice stat_size',
    );
  });
});

describe('the catalogue of detectors', () => {
  it('lists every method once, in words, with defaults that are in range', () => {
    expect(DETECTORS.map(({ id }) => id)).toEqual([...DETECTOR_IDS]);
    for (const method of DETECTORS) {
      expect([method.meaning, method.estimate, method.cost, method.source].every((text) => text !== '')).toBe(true);
      expect(() => method.start()).not.toThrow();
    }
    expect(isDetectorId('adwin') && !isDetectorId('ADWIN')).toBe(true);
  });

  it('refuses thresholds in the wrong order', () => {
    expect(() => detectorById('ddm').start({ warning_threshold: 4 })).toThrow(
      'ddm requires warning_threshold to be at most drift_threshold',
    );
    expect(() => detectorById('eddm').start({ alpha: 0.5 })).toThrow('eddm requires alpha to be at least beta');
    expect(() => detectorById('hddm_a').start({ drift_confidence: 0.1 })).toThrow('hddm_a requires warning_confidence');
    expect(() => detectorById('hddm_w').start({ drift_confidence: 0.1 })).toThrow('hddm_w requires warning_confidence');
  });

  it('restores nothing but states of its methods', () => {
    for (const state of [null, 7, {}, { method: 'other' }])
      expect(() => restoreDetector(state)).toThrow('restoreDetector requires the state of a known method');
  });
});
