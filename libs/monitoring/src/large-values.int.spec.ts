import { countBuckets, gridFrom, METHODS, sortedValues } from '#libs/statistics';
import { defaultDefinition } from './defaults.js';
import { sha256Of } from './digest.js';
import { type LabelledRow } from './label-samples.js';
import { measureWindow } from './measure.js';
import { SubjectMeasurement } from './measurement.js';
import { measurePerformance } from './performance.js';
import { type CountSample, NO_SPECIAL, type SubjectSamples, sumOfCounts, sumOfValues, type ValueSample } from './sample.js';

const definition = defaultDefinition({ predictionsPerDay: 1000 });
const every = METHODS.filter(({ kinds }) => kinds.includes('numeric')).map(({ id, version }) => ({ id, version }));
const measuring = { ...definition, shown: { numeric: every, categorical: [] } };

const plain = Array.from({ length: 120 }, (_, i) => i);
const grid = gridFrom(plain);
const valued = (values: readonly number[]): ValueSample => ({
  ...{ rows: values.length, counted: values.length, special: NO_SPECIAL },
  values: sortedValues(Float64Array.from(values)),
});
const counted = (values: readonly number[]): CountSample => ({
  ...{ rows: values.length, counted: values.length, special: NO_SPECIAL },
  counts: countBuckets(Float64Array.from(values), grid),
});

type Sides = { readonly current: readonly number[]; readonly reference: readonly number[] };
const inValues = ({ current, reference }: Sides): SubjectSamples => {
  const windows = [valued(reference), valued(plain)];
  const of = { subject: 'feature:x', form: 'numeric', mode: 'exact' } as const;
  return { ...of, current: valued(current), windows, reference: sumOfValues(windows) };
};
const inBuckets = ({ current, reference }: Sides): SubjectSamples => {
  const windows = [counted(reference), counted(plain)];
  const values = { reference: sortedValues([...reference, ...plain]), current: sortedValues(current) };
  const of = { subject: 'feature:x', form: 'numeric', mode: 'buckets', grid, values } as const;
  return { ...of, current: counted(current), windows, reference: sumOfCounts(windows) };
};

const LARGE: Readonly<Record<string, readonly number[]>> = {
  '1e155': [1e155],
  '1e200': [1e200],
  '1e308': [1e308],
  '-1e308': [-1e308],
  '±1e308': [1e308, -1e308],
  'nothing but ±1e308': plain.map((i) => (i % 2 ? 1e308 : -1e308)),
};
const moved = plain.map((value) => value + 30);
const CASES = Object.entries(LARGE).flatMap(([name, large]): [string, Sides][] => [
  [`${name} in the reference`, { current: moved, reference: [...plain, ...large] }],
  [`${name} in the window`, { current: [...moved, ...large], reference: plain }],
  [`${name} on both sides`, { current: [...moved, ...large], reference: [...plain, ...large] }],
]);

/** Every method answers, and what it answers can be recorded. */
const expectRecordable = (samples: SubjectSamples): void => {
  const [measured] = measureWindow([samples], measuring, sha256Of).subjects;
  expect(SubjectMeasurement.safeParse(measured).error).toBeUndefined();
  const answered = [...(measured?.scores ?? []), ...(measured?.unscored ?? [])].map(({ method }) => method);
  expect(answered.sort()).toEqual(every.map(({ id }) => id).sort());
};

describe('values near the largest number there is', () => {
  it.each(CASES)('are measured by every method, or it says why not, from values: %s', (_, sides) => expectRecordable(inValues(sides)));

  it.each(CASES)('are measured by every method, or it says why not, from counts: %s', (_, sides) => expectRecordable(inBuckets(sides)));

  it('leave the normalised Wasserstein distance without a score, never with a silent 0', () => {
    const sides = { current: [...moved, 1e200], reference: [...plain, 1e200] };
    const [measured] = measureWindow([inValues(sides)], measuring, sha256Of).subjects;
    expect(measured?.unscored).toContainEqual({
      ...{ method: 'wasserstein_normalised', version: 1, reason: 'not_defined' },
      detail: 'wassersteinNormalised requires a reference whose squares are finite',
    });
  });

  it('leave the Wasserstein distance without a score and with its reason where it is beyond the largest number', () => {
    const sides = { current: plain.map(() => 1.7e308), reference: plain.map(() => -1.7e308) };
    const windows = [valued(sides.reference), valued(sides.reference)];
    const samples: SubjectSamples = {
      ...{ subject: 'feature:x', form: 'numeric', mode: 'exact' },
      ...{ current: valued(sides.current), windows, reference: sumOfValues(windows) },
    };
    const [measured] = measureWindow([samples], measuring, sha256Of).subjects;
    expect(measured?.scores.filter(({ method }) => method === 'wasserstein')).toEqual([]);
    expect(measured?.unscored?.find(({ method }) => method === 'wasserstein')).toMatchObject({ reason: 'not_defined' });
    expect(measured?.unscored?.find(({ method }) => method === 'wasserstein')?.detail).toMatch(/^wasserstein requires/);
  });

  it('leave out the error metrics and verdicts that overflow', () => {
    const row = (value: number, labelValue: number): LabelledRow => ({
      ...{ predictedAt: 0, value, score: null, class: '', labelValue, labelClass: '', pairedAt: '2', predictedIn: '1' },
    });
    const calm = [row(1, 2), row(2, 4), row(2, 2)];
    for (const [value, label] of [
      [1e308, -1e308],
      [1e308, 0],
      [1e200, 0],
    ] as const) {
      const wild = [row(value, label), row(1, 2)];
      for (const given of [
        { current: wild, windows: [calm, calm] },
        { current: calm, windows: [wild, calm] },
        { current: wild, windows: [wild, calm, wild] },
      ]) {
        const found = measurePerformance(given, definition.performance, definition.judgement, 'digest');
        expect(found.map((one) => SubjectMeasurement.safeParse(one).error)).toEqual(found.map(() => undefined));
      }
    }
  });
});
