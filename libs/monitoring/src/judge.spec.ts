import fc from 'fast-check';
import { z } from 'zod';
import { fisherExact, overdispersedTail } from '#libs/statistics';
import { DEFAULT_JUDGEMENT as rule } from './defaults.js';
import { type Binned, verdictsOn, weigh } from './judge.js';

/** Deterministic noise: the same seed gives the same windows on every machine. */
const random = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};
const draw = (shares: readonly number[], rows: number, seed: number): number[] => {
  const next = random(seed);
  const counts = shares.map(() => 0);
  for (let i = 0; i < rows; i += 1) {
    let left = next();
    let bin = 0;
    while (bin < shares.length - 1 && left >= (shares[bin] ?? 0)) left -= shares[bin++] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
};
const sum = (windows: readonly (readonly number[])[]): number[] =>
  (windows[0] ?? []).map((_, i) => windows.reduce((s, w) => s + (w[i] ?? 0), 0));
const against = (current: number[], windows: number[][], otherDays: number[][][] = []): Binned => ({
  current,
  reference: sum(windows),
  windows,
  otherDays,
});

const calm = [0.4, 0.3, 0.2, 0.1];
const moved = [0.25, 0.3, 0.2, 0.25];
const weeks = [1, 2, 3, 4].map((seed) => draw(calm, 4000, seed));
const verdict = (binned: Binned) => verdictsOn([weigh('jensen_shannon', binned, rule)], rule)[0];

describe('the judgement of a window', () => {
  it('finds a shift that is significant, beyond the reference windows and large', () => {
    const found = verdict(against(draw(moved, 4000, 9), weeks));
    expect(found?.breach).toBe(true);
    expect(found?.gates.map(({ gate, passed, applied }) => [gate, passed, applied])).toEqual([
      ['significance', true, true],
      ['own_variation', true, true],
      ['materiality', true, true],
    ]);
  });

  it('stays calm on another draw of the same traffic', () => {
    for (let seed = 100; seed < 140; seed += 1) expect(verdict(against(draw(calm, 4000, seed), weeks))?.breach).toBe(false);
  });

  it('stays calm about a tiny shift however many rows make it significant', () => {
    const large = [0, 1, 2, 3].map((i) => [
      1_600_000 + 700 * (i - 1),
      1_200_000 - 900 * (i - 2),
      800_000 + 500 * (i % 2),
      400_000 - 300 * (i % 3),
    ]);
    const found = verdict(against([1_620_000, 1_200_000, 790_000, 390_000], large));
    expect(found?.gates[0]?.passed).toBe(true);
    expect(found?.breach).toBe(false);
  });

  it('stays calm about a shift the reference windows show among themselves', () => {
    const wandering = [draw([0.5, 0.3, 0.1, 0.1], 4000, 1), draw([0.2, 0.3, 0.4, 0.1], 4000, 2), draw(calm, 4000, 3), draw(moved, 4000, 4)];
    expect(verdict(against(draw(moved, 4000, 9), wandering))?.breach).toBe(false);
  });

  it('stays calm about a shift in the direction in which the other days wander', () => {
    const wandering = [1, 2, 3, 4, 5, 6].map((weekday) =>
      [-0.1, 0.1, -0.06, 0.06].map((by, week) => draw([0.4 + by, 0.3, 0.2, 0.1 - by / 2 - 0.05], 4000, 10 * weekday + week)),
    );
    const steady = [1, 2, 3, 4, 5, 6].map((weekday) => [1, 2, 3, 4].map((week) => draw(calm, 4000, 50 + 10 * weekday + week)));
    const current = draw([0.3, 0.35, 0.2, 0.15], 4000, 9);
    expect(verdict(against(current, weeks, steady))?.breach).toBe(true);
    const found = verdict(against(current, weeks, wandering));
    expect(found?.breach).toBe(false);
    expect(found?.gates[0]?.parameters).toMatchObject({ contrasts: 21 });
    expect(found?.gates[0]?.parameters['effectiveDegrees']).toBeLessThan(2);
  });

  it('is not blinded by an odd day of the week before', () => {
    const days = [1, 2, 3, 4, 5, 6].map((weekday) => [1, 2, 3, 4].map((week) => draw(calm, 4000, 50 + 10 * weekday + week)));
    const [first = [], ...others] = days;
    const odd = [[draw([0.05, 0.05, 0.1, 0.8], 4000, 3), ...first.slice(1)], ...others];
    expect(verdict(against(draw(moved, 4000, 9), weeks, odd))?.breach).toBe(true);
  });

  it('is not blinded by one odd window in the reference', () => {
    const odd = [...weeks.slice(0, 3), draw([0.34, 0.3, 0.2, 0.16], 4000, 7)];
    expect(verdict(against(draw(moved, 4000, 9), odd))?.breach).toBe(true);
  });

  it('scores without a verdict when there is only one reference window', () => {
    const weighed = weigh('jensen_shannon', against(draw(moved, 4000, 9), weeks.slice(0, 1)), rule);
    expect(weighed.variation).toBe('unknown');
    expect(weighed.divergence).toBeGreaterThan(0);
    expect(verdictsOn([weighed], rule)).toEqual([undefined]);
  });

  it('judges against a file by sampling noise alone and says that variation was not measured', () => {
    const found = verdict({ current: draw(moved, 4000, 9), reference: sum(weeks), windows: [], otherDays: [] });
    expect(found?.breach).toBe(true);
    expect(found?.gates[1]).toMatchObject({ applied: false, passed: true, parameters: { variation: 'not_measured' } });
  });

  it('gives identical counts the score zero and probability one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 2, maxLength: 12 }), (window) => {
        const weighed = weigh('jensen_shannon', against(window, [window, window, window]), rule);
        const found = verdictsOn([weighed], rule)[0];
        return weighed.divergence < 1e-15 && found?.breach === false;
      }),
      { seed: 3 },
    );
  });

  it('corrects for the number of subjects judged together', () => {
    const thin = weigh('jensen_shannon', against(draw([0.385, 0.3, 0.2, 0.115], 4000, 5), weeks), rule);
    const alone = verdictsOn([thin], rule)[0]?.gates[0]?.value ?? NaN;
    const others = Array.from({ length: 20 }, (_, i) => weigh('jensen_shannon', against(draw(calm, 4000, 200 + i), weeks), rule));
    const together = verdictsOn([thin, ...others], rule)[0]?.gates[0]?.value ?? NaN;
    expect(together).toBeGreaterThan(alone);
  });

  it('is never surer of a rare event than the exact law of independent rows, however evenly the windows happened to have it', () => {
    const even = new Array<number[]>(4).fill([9995, 5]);
    const days = new Array<number[][]>(6).fill(even);
    for (const happened of [9, 12, 15, 20, 30]) {
      const current = [10_000 - happened, happened];
      for (const otherDays of [[], days]) {
        const { pValue } = weigh('jensen_shannon', against(current, even, otherDays), rule);
        expect(pValue).toBeGreaterThanOrEqual(fisherExact(sum(even), current).pValue ?? NaN);
      }
      const ofFile = weigh('jensen_shannon', { current, reference: sum(even), windows: [], otherDays: [] }, rule);
      expect(ofFile.pValue).toBeGreaterThanOrEqual(fisherExact(sum(even), current).pValue ?? NaN);
    }
  });

  it('records every input of its first gate: the p-value follows again from them', () => {
    const weighed = weigh('jensen_shannon', against(draw(moved, 4000, 9), weeks), rule);
    const { statistic, degrees, dispersion, effectiveDegrees, contrasts } = z
      .record(z.string(), z.number())
      .parse(verdictsOn([weighed], rule)[0]?.gates[0]?.parameters);
    const law = { dispersion: dispersion ?? NaN, effectiveDegrees: effectiveDegrees ?? NaN, contrasts: contrasts ?? NaN };
    expect(overdispersedTail(statistic ?? NaN, degrees ?? NaN, law)).toBe(weighed.pValue);
  });

  it('treats a single bin as calm', () => {
    expect(verdict({ current: [100], reference: [400], windows: [[200], [200]], otherDays: [] })?.breach).toBe(false);
  });

  it('judges by PSI with the same gates on its own scale', () => {
    const found = verdictsOn([weigh('psi', against(draw(moved, 4000, 9), weeks), rule)], rule)[0];
    expect(found).toMatchObject({ method: 'psi', breach: true });
    expect(found?.gates[2]?.limit).toBe(0.02);
  });
});
