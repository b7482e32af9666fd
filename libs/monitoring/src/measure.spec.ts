import { countBuckets, kuiper, sortedValues } from '#libs/statistics';
import { defaultDefinition } from './defaults.js';
import { sha256Of } from './digest.js';
import { measureWindow } from './measure.js';
import { type CountSample, NO_SPECIAL, type SubjectSamples, sumOfCounts, sumOfValues, type ValueSample } from './sample.js';

const definition = defaultDefinition({ predictionsPerDay: 1000 });
const grid = { centre: 0, unit: 1 / 64 };

/** Roughly normal values from a fixed generator. */
const values = (mean: number, rows: number, seed: number): Float64Array => {
  let state = seed;
  const next = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Float64Array.from({ length: rows }, () => mean + next() + next() + next() + next() - 2);
};
const counted = (sample: Float64Array, missing = 0): CountSample => ({
  rows: sample.length + missing,
  counted: sample.length,
  counts: countBuckets(sample, grid),
  special: { ...NO_SPECIAL, missing },
});
const valued = (sample: Float64Array): ValueSample => ({
  rows: sample.length,
  counted: sample.length,
  values: sortedValues(sample),
  special: NO_SPECIAL,
});
const weeks = [1, 2, 3, 4].map((seed) => values(0, 2000, seed));
const bucketed = (current: CountSample, windows: readonly CountSample[] = weeks.map((week) => counted(week))): SubjectSamples => {
  return { subject: 'feature:amount', form: 'numeric', mode: 'buckets', grid, current, windows, reference: sumOfCounts(windows) };
};
const words = (current: Record<string, number>, week: Record<string, number>): SubjectSamples => {
  const names = [...new Set([...Object.keys(week), ...Object.keys(current)])];
  const sample = (counts: Record<string, number>): CountSample => {
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return {
      rows,
      counted: rows,
      counts: new Map(Object.entries(counts).map(([word, count]) => [names.indexOf(word), count])),
      special: NO_SPECIAL,
    };
  };
  const windows = [sample(week), sample(week), sample(week)];
  const byBucket = new Map(names.map((name, i) => [i, name]));
  return {
    subject: 'feature:city',
    form: 'categorical',
    mode: 'buckets',
    current: sample(current),
    windows,
    reference: sumOfCounts(windows),
    words: byBucket,
  };
};
const only = (samples: SubjectSamples) => {
  const found = measureWindow([samples], definition, sha256Of).subjects[0];
  if (!found) throw new Error('nothing was measured');
  return found;
};

describe('measuring a window', () => {
  it('finds a planted shift, says where it went and shows the other methods beside the judge', () => {
    const found = only(bucketed(counted(values(0.3, 2000, 9))));
    expect(found.judgement?.breach).toBe(true);
    expect(found.direction).toBe('higher');
    expect(found.scores.map(({ method }) => method)).toEqual(['jensen_shannon', 'psi', 'wasserstein_normalised', 'kolmogorov_smirnov']);
    expect(found.contributions.length).toBeGreaterThan(5);
  });

  it('gives a window that equals its reference a score of zero in every method', () => {
    const windows = weeks.slice(0, 1).map((week) => counted(week));
    const same = bucketed(counted(weeks[0] ?? new Float64Array()), windows);
    for (const { score } of only(same).scores) expect(score).toBe(0);
  });

  it('agrees between buckets and exact values within .005 for Kolmogorov-Smirnov', () => {
    const shifted = values(0.1, 2000, 9);
    const windows = weeks.map((week) => valued(week));
    const exact = only({
      subject: 'feature:amount',
      form: 'numeric',
      mode: 'exact',
      current: valued(shifted),
      windows,
      reference: sumOfValues(windows),
    });
    const scoreOf = (found: typeof exact): number => found.scores.find(({ method }) => method === 'kolmogorov_smirnov')?.score ?? NaN;
    expect(Math.abs(scoreOf(exact) - scoreOf(only(bucketed(counted(shifted)))))).toBeLessThan(0.005);
    expect(exact.judgement?.breach).toBe(only(bucketed(counted(shifted))).judgement?.breach);
  });

  it('names the words that moved, largest first, and pools rare ones', () => {
    const found = only(words({ paris: 100, rome: 500, oslo: 398, bern: 2 }, { paris: 500, rome: 300, oslo: 198, bern: 2 }));
    expect(found.contributions[0]?.bin).toEqual({ kind: 'word', word: 'paris' });
    expect(found.contributions.some(({ bin }) => bin.kind === 'rest' && bin.words === 1)).toBe(true);
    expect(found.contributions[0]).toMatchObject({ reference: 0.5, current: 0.1 });
    expect(found.judgement?.breach).toBe(true);
  });

  it('counts what the reference never had', () => {
    const found = only(words({ paris: 480, rome: 300, lima: 20 }, { paris: 500, rome: 300 }));
    expect(found.quality?.current.unseen).toBe(20);
    const outside = only(bucketed(counted(Float64Array.from([...values(0, 500, 4), 50, -50]), 7)));
    expect(outside.quality?.current).toEqual({ missing: 7, mistyped: 0, infinite: 0, unseen: 0, outOfRange: 2 });
  });

  it('has quality counts and no score for a subject without values', () => {
    const found = only(bucketed(counted(new Float64Array(), 300)));
    expect(found).toMatchObject({ scores: [], direction: 'same', contributions: [], current: { rows: 300, counted: 0 } });
    expect(found.judgement).toBeUndefined();
  });

  it('scales weighted counts to rows, so that weights do not make noise significant', () => {
    const heavy = (sample: CountSample): CountSample => ({ ...sample, counts: new Map([...sample.counts].map(([b, c]) => [b, c * 50])) });
    const plain = only(bucketed(counted(values(0.02, 2000, 9))));
    const windows = weeks.map((week) => heavy(counted(week)));
    const weighted = only(bucketed(heavy(counted(values(0.02, 2000, 9))), windows));
    expect(weighted.judgement?.breach).toBe(plain.judgement?.breach);
    expect(weighted.judgement?.gates[0]?.value).toBeCloseTo(plain.judgement?.gates[0]?.value ?? NaN, 10);
  });

  it('says why a method has no score instead of leaving it out or failing the window', () => {
    const constant = counted(new Float64Array(300).fill(1));
    const windows = [constant, constant];
    const found = only(bucketed(counted(values(0, 300, 1)), windows));
    expect(found.scores.map(({ method }) => method)).toEqual(['jensen_shannon', 'psi', 'kolmogorov_smirnov']);
    const detail = 'wassersteinNormalised requires a reference that varies';
    expect(found.unscored).toEqual([{ method: 'wasserstein_normalised', version: 1, reason: 'not_defined', detail }]);
    const empty = only(bucketed(counted(new Float64Array(), 300)));
    expect(empty.unscored?.map(({ method, reason }) => `${method} ${reason}`)).toEqual(
      ['jensen_shannon', 'psi', 'wasserstein_normalised', 'kolmogorov_smirnov'].map((method) => `${method} nothing_to_compare`),
    );
  });

  it('measures from values what counts do not serve, and says where there are none', () => {
    const asking = { ...definition, shown: { ...definition.shown, numeric: [{ id: 'kuiper', version: 1 }] } };
    const [reference, current] = [sortedValues(values(0, 800, 1)), sortedValues(values(0.3, 500, 2))];
    const kuiperOf = (samples: SubjectSamples) => {
      const [found] = measureWindow([samples], asking, sha256Of).subjects;
      return { score: found?.scores.find(({ method }) => method === 'kuiper'), unscored: found?.unscored, sha256: found?.sha256 };
    };
    const [now, before] = [counted(current), counted(reference)];
    const base = { subject: 'feature:amount', form: 'numeric', mode: 'buckets', grid } as const;
    const counts = { ...base, current: now, windows: [before], reference: before };
    const beside = kuiperOf({ ...counts, values: { reference, current } });
    expect(beside.score).toMatchObject({ mode: 'exact', score: kuiper(reference, current).score });
    expect(beside.unscored).toBeUndefined();
    const without = kuiperOf({ ...counts, values: { missing: 'too_many_values' } });
    expect(without.score).toBeUndefined();
    expect(without.unscored).toMatchObject([{ method: 'kuiper', reason: 'too_many_values', detail: expect.stringContaining('250000') }]);
    expect(kuiperOf({ ...counts, values: { missing: 'values_not_kept' } }).unscored).toMatchObject([{ reason: 'values_not_kept' }]);
    expect(without.sha256).not.toBe(beside.sha256);
  });

  it('judges by the p-value of a test where one judges, and says how much on the distance of the same bins', () => {
    const byTest = { ...definition, judges: { ...definition.judges, numeric: { id: 'kolmogorov_smirnov', version: 1 } } };
    const [calm, moved] = [0, 0.3].map((shift) => {
      const [found] = measureWindow([bucketed(counted(values(shift, 2000, 9)))], byTest, sha256Of).subjects;
      const usual = only(bucketed(counted(values(shift, 2000, 9))));
      expect(found?.judgement?.gates.slice(1).map(({ value, limit }) => [value, limit])).toEqual(
        usual.judgement?.gates.slice(1).map(({ value, limit }) => [value, limit]),
      );
      return found;
    });
    expect(calm?.judgement).toMatchObject({ method: 'kolmogorov_smirnov', score: calm?.scores[0]?.score, breach: false });
    expect(moved?.judgement?.breach).toBe(true);
    const [significance, variation, materiality] = moved?.judgement?.gates ?? [];
    expect(significance).toMatchObject({ value: moved?.scores[0]?.pValue, parameters: { test: 'kolmogorov_smirnov' } });
    for (const gate of [variation, materiality]) expect(gate?.parameters['scale']).toBe('jensen_shannon');
    expect(moved?.contributions).toHaveLength(10);
  });

  it('does not judge where the judging test does not exist', () => {
    const byTest = { ...definition, judges: { ...definition.judges, categorical: { id: 'fisher_exact', version: 1 } } };
    const [three] = measureWindow([words({ a: 100, b: 100, c: 100 }, { a: 100, b: 100, c: 100 })], byTest, sha256Of).subjects;
    expect(three?.judgement).toBeUndefined();
    expect(three?.unscored).toMatchObject([{ method: 'fisher_exact', detail: 'fisherExact requires two categories, got 3' }]);
    const two = measureWindow([words({ a: 100, b: 300 }, { a: 200, b: 200 })], byTest, sha256Of);
    expect(two.subjects[0]?.judgement).toMatchObject({ method: 'fisher_exact', breach: true });
    expect(two.judged).toBe(1);
  });

  it('keeps a method of another release out of the scores, and says so', () => {
    const old = { ...definition, shown: { ...definition.shown, numeric: [{ id: 'phi_divergence', version: 3 }] } };
    const [found] = measureWindow([bucketed(counted(values(0, 500, 3)))], old, sha256Of).subjects;
    expect(found?.unscored).toMatchObject([{ method: 'phi_divergence', version: 3, reason: 'not_defined' }]);
  });

  it('gives the same bits and digests whatever order the counts arrived in', () => {
    const forwards = bucketed(counted(values(0.3, 2000, 9)));
    const turned = (sample: CountSample): CountSample => ({ ...sample, counts: new Map([...sample.counts].reverse()) });
    const windows = weeks.map((week) => turned(counted(week)));
    const backwards = bucketed(turned(counted(values(0.3, 2000, 9))), windows);
    expect(measureWindow([backwards], definition, sha256Of)).toEqual(measureWindow([forwards], definition, sha256Of));
  });
});
