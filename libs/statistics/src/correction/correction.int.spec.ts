import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/correction.json' with { type: 'json' };
import onlineOracle from '../oracles/online-false-discovery.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { benjaminiHochberg } from './benjamini-hochberg.js';
import { bonferroni } from './bonferroni.js';
import { holm } from './holm.js';
import { lord, lordBudget } from './lord.js';
import { type OnlineBudget, type OnlineVerdict } from './online.js';
import { saffron, saffronBudget } from './saffron.js';

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });

describe('corrections of all p-values at once', () => {
  it.each(oracle.cases)('equal statsmodels: $pValues', (known) => {
    const close = (ours: number[], theirs: number[]): void => {
      expect(ours).toHaveLength(theirs.length);
      ours.forEach((p, i) => expect(p).toBeCloseTo(theirs[i] ?? NaN, 14));
    };
    close(bonferroni(known.pValues), known.bonferroni);
    close(holm(known.pValues), known.holm);
    close(benjaminiHochberg(known.pValues), known.fdr_bh);
  });

  it('order themselves: Benjamini-Hochberg at most Holm, Holm at most Bonferroni, none below the p-value', () => {
    fc.assert(
      fc.property(probabilities, (pValues) => {
        const [b, h, f] = [bonferroni(pValues), holm(pValues), benjaminiHochberg(pValues)];
        pValues.forEach((p, i) => {
          expect(h[i]).toBeLessThanOrEqual(b[i] ?? NaN);
          expect(f[i]).toBeLessThanOrEqual((h[i] ?? NaN) * (1 + 1e-12));
          expect(f[i]).toBeGreaterThanOrEqual(p);
        });
      }),
    );
  });

  it('do not depend on the order of the tests', () => {
    fc.assert(
      fc.property(probabilities, (pValues) => {
        const back = [...pValues].reverse();
        expect(holm(back).reverse()).toEqual(holm(pValues));
        expect(bonferroni(back).reverse()).toEqual(bonferroni(pValues));
      }),
    );
  });

  it('refuse what is no probability and have nothing to say about nothing', () => {
    expect(() => holm([1.1])).toThrow('holm requires p-values between 0 and 1');
    expect(() => bonferroni([NaN])).toThrow('bonferroni requires p-values between 0 and 1');
    expect(holm([])).toEqual([]);
    expect(bonferroni([])).toEqual([]);
  });
});

const PROCEDURES = { lord: { start: lordBudget, next: lord }, saffron: { start: saffronBudget, next: saffron } };
const NAMES = ['lord', 'saffron'] as const;

type Next = (budget: OnlineBudget, pValue: number) => OnlineVerdict;
const run = (next: Next, start: OnlineBudget, pValues: readonly number[]): { verdicts: OnlineVerdict[]; budget: OnlineBudget } => {
  let budget = start;
  const verdicts = pValues.map((p) => {
    const verdict = next(budget, p);
    budget = verdict.budget;
    return verdict;
  });
  return { verdicts, budget };
};

describe('online false discovery budgets', () => {
  it.each(onlineOracle.cases)('give the levels of the paper: $name', ({ procedure, rate, pValues, levels, discoveries }) => {
    const { start, next } = PROCEDURES[procedure === 'lord' ? 'lord' : 'saffron'];
    const { verdicts } = run(next, start(rate), pValues);
    verdicts.forEach(({ level }, i) => expect(Math.abs(level / (levels[i] ?? NaN) - 1)).toBeLessThan(1e-12));
    expect(verdicts.flatMap(({ discovery }, i) => (discovery ? [i + 1] : []))).toEqual(discoveries);
  });

  it.each(NAMES)('%s goes on after being written down and read back as if nothing had happened', (name) => {
    const { start, next } = PROCEDURES[name];
    fc.assert(
      fc.property(probabilities, fc.nat(40), (pValues, at) => {
        const whole = run(next, start(0.1), pValues);
        const first = run(next, start(0.1), pValues.slice(0, at));
        const readBack: OnlineBudget = JSON.parse(JSON.stringify(first.budget));
        const rest = run(next, readBack, pValues.slice(at));
        expect([...first.verdicts, ...rest.verdicts]).toEqual(whole.verdicts);
      }),
    );
  });

  it.each(NAMES)('%s gives a smaller p-value no smaller levels later', (name) => {
    const { start, next } = PROCEDURES[name];
    fc.assert(
      fc.property(probabilities, (pValues) => {
        const [low, high] = [run(next, start(0.1), [0, ...pValues]), run(next, start(0.1), [1, ...pValues])];
        low.verdicts.slice(1).forEach(({ level }, i) => expect(level).toBeGreaterThanOrEqual(high.verdicts[i + 1]?.level ?? NaN));
      }),
    );
  });

  it.each(NAMES)('%s keeps false alarms within the rate where a fixed level does not, and finds what is there', (name) => {
    const { start, next } = PROCEDURES[name];
    const random = seededRandom(5);
    const [ours, fixed, power] = [new Array<number>(), new Array<number>(), new Array<number>()];
    for (let round = 0; round < 200; round += 1) {
      const drifts = Array.from({ length: 500 }, () => random() < 0.05);
      const pValues = drifts.map((drift) => (drift ? random() * 1e-6 : random()));
      const { verdicts } = run(next, start(0.05), pValues);
      const share = (found: readonly boolean[]): number =>
        found.filter((f, i) => f && drifts[i] === false).length / Math.max(found.filter(Boolean).length, 1);
      ours.push(share(verdicts.map(({ discovery }) => discovery)));
      fixed.push(share(pValues.map((p) => p <= 0.05)));
      power.push(verdicts.filter(({ discovery }, i) => discovery && drifts[i]).length / Math.max(drifts.filter(Boolean).length, 1));
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(ours)).toBeLessThan(0.05);
    expect(mean(fixed)).toBeGreaterThan(0.3);
    expect(mean(power)).toBeGreaterThan(0.9);
  });

  it.each(NAMES)('%s remembers a bounded number of discoveries and never pays more for it', (name) => {
    const { start, next } = PROCEDURES[name];
    const { budget } = run(next, start(0.05), new Array<number>(1500).fill(0));
    expect(budget.found).toBe(1500);
    expect(budget.discoveries).toHaveLength(1000);
  });

  it.each(NAMES)('%s refuses what is no probability', (name) => {
    const { start, next } = PROCEDURES[name];
    expect(() => start(1)).toThrow(`${name} requires a rate between 0 and 1`);
    expect(() => next(start(0.05), NaN)).toThrow(`${name} requires a p-value between 0 and 1`);
  });
});
