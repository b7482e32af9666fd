import { methodById } from '#libs/statistics';
import { judgingBins, type JudgingBins } from './bins.js';
import { JUDGING_DISTANCES, type JudgementRule, type JudgeMethod, type MethodRef, type MonitorDefinition } from './definition.js';
import { judgesByTest } from './definition-methods.js';
import { type Digest, sampleNumbers } from './digest.js';
import { verdictsOn, weigh, type Weighed } from './judge.js';
import { type Contribution, type MethodScore, type SubjectJudgement, type SubjectMeasurement } from './measurement.js';
import { qualityOf } from './quality.js';
import { type SubjectSamples } from './sample.js';
import { type Asked, scoring } from './scores.js';

/** Most contributions kept with a measurement: enough for a chart, bounded for the log. */
const CONTRIBUTIONS_MAX = 20;

/** The part of a monitor that says how samples become scores and verdicts. */
export type Measuring = Pick<MonitorDefinition, 'judges' | 'shown' | 'judgement'>;

/** Measured subjects, and the digest of the reference counts they were compared with. */
export type Measured = { readonly subjects: readonly SubjectMeasurement[]; readonly judged: number; readonly referenceDigest: string };

/** One subject with its scores, before the verdict, for which all subjects of the window are needed. Holds no samples. */
export type Prepared = {
  readonly measured: Omit<SubjectMeasurement, 'judgement'>;
  /** What the verdict rests on; absent where there is nothing to judge by. */
  readonly weighed: Weighed | undefined;
  /** The score that judges by its p-value; absent where a distance judges. */
  readonly test: MethodScore | undefined;
  readonly referenceDigest: string;
};

/** The methods asked for of features of a form: the one that judges, then those that are only shown. */
export const askedFor = (form: 'numeric' | 'categorical', { judges, shown }: Pick<Measuring, 'judges' | 'shown'>): Asked[] => {
  const judge = judges[form];
  return [{ ...judge, judging: true }, ...shown[form].filter(({ id }) => id !== judge.id).map((method) => ({ ...method, judging: false }))];
};

/**
 * Scores, verdicts and quality of all subjects of one window. Pure: the same samples and rules give the same bits on the same engine.
 * A subject without a counted value on one of the sides has quality counts and no score.
 */
export const measureWindow = (all: readonly SubjectSamples[], measuring: Measuring, digest: Digest): Measured =>
  concludeWindow(
    all.map((samples) => prepareSubject(samples, measuring, digest)),
    measuring.judgement,
    digest,
  );

/** Scores and quality of one subject, without the pauses of `preparing`. Pure. */
const prepareSubject = (samples: SubjectSamples, measuring: Measuring, digest: Digest): Prepared => {
  const steps = preparing(samples, measuring, digest);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
};

/** Scores and quality of one subject, with a pause after each slow method. Pure. */
export function* preparing(samples: SubjectSamples, measuring: Measuring, digest: Digest): Generator<'pause', Prepared, undefined> {
  const comparable = samples.current.counted > 0 && samples.reference.counted > 0;
  const bins = comparable ? judgingBins(samples, measuring.judgement) : undefined;
  const judge = measuring.judges[samples.form];
  const distance = distanceOf(judge);
  const byDistance = bins && weigh(distance, bins, measuring.judgement);
  const { scores, unscored } = yield* scoring(samples, bins, askedFor(samples.form, measuring));
  const reference = referenceDigest(samples, digest);
  const measured = {
    subject: samples.subject,
    form: samples.form,
    mode: samples.mode,
    reference: { rows: samples.reference.rows, counted: samples.reference.counted },
    current: { rows: samples.current.rows, counted: samples.current.counted },
    scores: scores.map((score) => (byDistance && score.method === judge.id ? withVariation(score, byDistance) : score)),
    ...(unscored.length > 0 && { unscored: [...unscored] }),
    direction: bins ? directionOf(samples.form, bins) : ('same' as const),
    contributions: bins ? contributionsOf(bins, distance) : [],
    quality: qualityOf(samples),
    sha256: digest([samples.subject, reference, sampleNumbers(samples.current), ...valuesOf(samples)]),
  };
  if (!judgesByTest(judge.id)) return { measured, weighed: byDistance, test: undefined, referenceDigest: reference };
  const test = scores.find(({ method }) => method === judge.id);
  const weighed = byDistance && test?.pValue !== undefined ? { ...byDistance, pValue: test.pValue } : undefined;
  return { measured, weighed, test, referenceDigest: reference };
}

/** The verdicts on subjects of one window: their p-values are corrected together. Pure. */
export const concludeWindow = (prepared: readonly Prepared[], rule: JudgementRule, digest: Digest): Measured => {
  const weighed = prepared.flatMap((one) => (one.weighed ? [{ one, weighed: one.weighed }] : []));
  const verdicts = verdictsOn(
    weighed.map((each) => each.weighed),
    rule,
  );
  const verdictOf = new Map(weighed.map(({ one }, i) => [one, verdicts[i]]));
  const subjects = prepared.map((one): SubjectMeasurement => {
    const verdict = verdictOf.get(one);
    return verdict ? { ...one.measured, judgement: one.test ? ofTest(verdict, one.test) : verdict } : one.measured;
  });
  const referenceDigests = prepared.map((one) => one.referenceDigest);
  return { subjects, judged: verdicts.filter((verdict) => verdict !== undefined).length, referenceDigest: digest(referenceDigests) };
};

/** The distance that says how much: a test says whether. */
const distanceOf = ({ id }: MethodRef): JudgeMethod => JUDGING_DISTANCES.find((distance) => distance === id) ?? JUDGING_DISTANCES[0];

const withVariation = (score: MethodScore, { variation }: Weighed): MethodScore => ({
  ...score,
  parameters: { ...score.parameters, variation },
});

/** A verdict whose first gate is the p-value of a test; the others stay on the scale of the distance and say so. */
const ofTest = ({ method: scale, breach, gates }: SubjectJudgement, { method, score, pValue = 1 }: MethodScore): SubjectJudgement => ({
  method,
  score,
  breach,
  gates: gates.map((gate) => ({
    ...gate,
    parameters: gate.gate === 'significance' ? { pValue, test: method } : { ...gate.parameters, scale },
  })),
});

const valuesOf = (samples: SubjectSamples): Float64Array[] => {
  const values = samples.form === 'numeric' && samples.mode === 'buckets' ? samples.values : undefined;
  return values && 'reference' in values ? [values.reference, values.current] : [];
};

const referenceDigest = (samples: SubjectSamples, digest: Digest): string => {
  const grid = samples.form === 'numeric' && samples.mode === 'buckets' ? `${samples.grid.centre}/${samples.grid.unit}` : samples.form;
  const windows = samples.windows.length > 0 ? samples.windows : [samples.reference];
  const all = [...windows, ...(samples.otherDays ?? []).flat()];
  return digest([samples.subject, samples.mode, grid, ...all.map(sampleNumbers)]);
};

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** The bins that moved most, by their part of the judging score. */
const contributionsOf = (bins: JudgingBins, judge: JudgeMethod): Contribution[] => {
  const method = methodById(judge);
  if (method.needs !== 'bins') return [];
  const options = { contributions: true, ...(judge === 'jensen_shannon' && { zero: { kind: 'none' as const } }) };
  const terms = method.fromBins(bins.reference, bins.current, options).contributions ?? [];
  const [n, m] = [sumOf(bins.current), sumOf(bins.reference)];
  return bins.labels
    .map((bin, i) => ({ bin, reference: (bins.reference[i] ?? 0) / m, current: (bins.current[i] ?? 0) / n, contribution: terms[i] ?? 0 }))
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, CONTRIBUTIONS_MAX);
};

/** Numbers: where the mass went, read from both distribution functions at the cuts. Words have no direction. */
const directionOf = (form: 'numeric' | 'categorical', bins: JudgingBins): SubjectMeasurement['direction'] => {
  const [n, m] = [sumOf(bins.current), sumOf(bins.reference)];
  let [f, g, up, down] = [0, 0, 0, 0];
  bins.current.forEach((count, i) => {
    f += count / n;
    g += (bins.reference[i] ?? 0) / m;
    up = Math.max(up, g - f);
    down = Math.max(down, f - g);
  });
  if (Math.max(up, down) < 1e-12) return 'same';
  if (form === 'categorical') return 'reshaped';
  if (up >= 2 * down) return 'higher';
  return down >= 2 * up ? 'lower' : 'reshaped';
};
