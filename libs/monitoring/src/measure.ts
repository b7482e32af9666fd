import { isMethodId, methodById, StatisticsError, type Method, type Score } from '#libs/statistics';
import { judgingBins, type JudgingBins } from './bins.js';
import { type JudgementRule, type MethodRef, type MonitorDefinition } from './definition.js';
import { type Digest, sampleNumbers } from './digest.js';
import { verdictsOn, weigh, type Weighed } from './judge.js';
import { type Contribution, type MethodScore, type SubjectMeasurement } from './measurement.js';
import { qualityOf } from './quality.js';
import { type SubjectSamples } from './sample.js';

/** Most contributions kept with a measurement: enough for a chart, bounded for the log. */
const CONTRIBUTIONS_MAX = 20;

/** The part of a monitor that says how samples become scores and verdicts. */
export type Measuring = Pick<MonitorDefinition, 'judges' | 'shown' | 'judgement'>;

/** Measured subjects, and the digest of the reference counts they were compared with. */
export type Measured = { readonly subjects: readonly SubjectMeasurement[]; readonly judged: number; readonly referenceDigest: string };

type Prepared = {
  readonly samples: SubjectSamples;
  readonly bins: JudgingBins | undefined;
  readonly weighed: Weighed | undefined;
};

/**
 * Scores, verdicts and quality of all subjects of one window. Pure: the same samples and rules give the same bits on the same engine.
 * A subject without a counted value on one of the sides has quality counts and no score.
 */
export const measureWindow = (all: readonly SubjectSamples[], measuring: Measuring, digest: Digest): Measured => {
  const prepared = all.map((samples): Prepared => {
    const comparable = samples.current.counted > 0 && samples.reference.counted > 0;
    const bins = comparable ? judgingBins(samples, measuring.judgement) : undefined;
    const weighed = bins && weigh(measuring.judges[samples.form].id, bins, measuring.judgement);
    return { samples, bins, weighed };
  });
  const verdicts = verdictsBySubject(prepared, measuring.judgement);
  const references = all.map((samples) => referenceDigest(samples, digest));
  const subjects = prepared.map(({ samples, bins, weighed }, i): SubjectMeasurement => {
    const judgement = verdicts.get(samples.subject);
    return {
      subject: samples.subject,
      form: samples.form,
      mode: samples.mode,
      reference: { rows: samples.reference.rows, counted: samples.reference.counted },
      current: { rows: samples.current.rows, counted: samples.current.counted },
      scores: bins && weighed ? scoresOf(samples, bins, weighed, measuring) : [],
      ...(judgement && { judgement }),
      direction: bins ? directionOf(samples.form, bins) : 'same',
      contributions: bins ? contributionsOf(bins, measuring.judges[samples.form].id) : [],
      quality: qualityOf(samples),
      sha256: digest([samples.subject, references[i] ?? '', sampleNumbers(samples.current)]),
    };
  });
  return { subjects, judged: [...verdicts.values()].length, referenceDigest: digest(references) };
};

const verdictsBySubject = (
  prepared: readonly Prepared[],
  rule: JudgementRule,
): Map<string, NonNullable<SubjectMeasurement['judgement']>> => {
  const weighed = prepared.flatMap(({ samples, weighed: w }) => (w ? [{ subject: samples.subject, w }] : []));
  const verdicts = verdictsOn(
    weighed.map(({ w }) => w),
    rule,
  );
  return new Map(
    weighed.flatMap(({ subject }, i) => {
      const verdict = verdicts[i];
      return verdict ? [[subject, verdict]] : [];
    }),
  );
};

const referenceDigest = (samples: SubjectSamples, digest: Digest): string => {
  const grid = samples.form === 'numeric' && samples.mode === 'buckets' ? `${samples.grid.centre}/${samples.grid.unit}` : samples.form;
  const windows = samples.windows.length > 0 ? samples.windows : [samples.reference];
  const all = [...windows, ...(samples.otherDays ?? []).flat()];
  return digest([samples.subject, samples.mode, grid, ...all.map(sampleNumbers)]);
};

/** The judging method first, then those that are only shown. */
const scoresOf = (samples: SubjectSamples, bins: JudgingBins, weighed: Weighed, measuring: Measuring): MethodScore[] => {
  const judge = measuring.judges[samples.form];
  const shown = measuring.shown[samples.form].filter(({ id }) => id !== judge.id);
  return [judge, ...shown].flatMap((ref) => {
    const method = methodOf(ref);
    const score = method && scoreOf(method, samples, bins, ref.id === judge.id);
    if (!method || !score) return [];
    const { contributions: _, score: value, pValue, parameters } = score;
    const own = ref.id === judge.id ? { variation: weighed.variation } : {};
    return [
      {
        method: method.id,
        version: method.version,
        score: value,
        ...(pValue !== undefined && { pValue }),
        parameters: { ...parameters, ...own },
      },
    ];
  });
};

const methodOf = ({ id }: MethodRef): Method | undefined => (isMethodId(id) ? methodById(id) : undefined);

const scoreOf = (method: Method, samples: SubjectSamples, bins: JudgingBins, judging: boolean): Score | undefined => {
  try {
    if (method.needs === 'bins') {
      const exactZeros = judging && method.id === 'jensen_shannon';
      return method.fromBins(bins.reference, bins.current, exactZeros ? { zero: { kind: 'none' } } : {});
    }
    if (samples.form !== 'numeric') return undefined;
    return samples.mode === 'exact'
      ? method.fromSorted(samples.reference.values, samples.current.values)
      : method.fromBuckets?.(samples.reference.counts, samples.current.counts, samples.grid);
  } catch (error) {
    // Some scores do not exist for some samples, such as a distance in deviations of a constant reference.
    if (error instanceof StatisticsError) return undefined;
    throw error;
  }
};

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** The bins that moved most, by their part of the judging score. */
const contributionsOf = (bins: JudgingBins, judge: 'jensen_shannon' | 'psi'): Contribution[] => {
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
