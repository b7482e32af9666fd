import { type QualityCounts } from './measurement.js';
import { type CountSample, type SubjectSamples, type ValueSample } from './sample.js';

/** What of two samples could not be compared, and what of the current one the reference never had. */
export const qualityOf = (samples: SubjectSamples): { reference: QualityCounts; current: QualityCounts } => {
  const { reference, current } = samples;
  const plain = ({ special }: CountSample | ValueSample): QualityCounts => ({ ...special, unseen: 0, outOfRange: 0 });
  return { reference: plain(reference), current: { ...plain(current), ...unknownOf(samples) } };
};

const unknownOf = (samples: SubjectSamples): Pick<QualityCounts, 'unseen' | 'outOfRange'> => {
  if (samples.form === 'categorical') {
    const { current, reference } = samples;
    return { unseen: sumWhere(current.counts, (bucket) => !reference.counts.has(bucket)), outOfRange: 0 };
  }
  return { unseen: 0, outOfRange: samples.reference.counted === 0 ? 0 : outside(samples) };
};

const outside = (samples: Extract<SubjectSamples, { form: 'numeric' }>): number => {
  if (samples.mode === 'exact') {
    const { values } = samples.reference;
    const [low, high] = [values[0] ?? -Infinity, values[values.length - 1] ?? Infinity];
    return samples.current.values.reduce((count, value) => (value < low || value > high ? count + 1 : count), 0);
  }
  let [low, high] = [Infinity, -Infinity];
  for (const bucket of samples.reference.counts.keys()) [low, high] = [Math.min(low, bucket), Math.max(high, bucket)];
  return sumWhere(samples.current.counts, (bucket) => bucket < low || bucket > high);
};

const sumWhere = (counts: ReadonlyMap<number, number>, matches: (bucket: number) => boolean): number => {
  let sum = 0;
  for (const [bucket, count] of counts) if (matches(bucket)) sum += count;
  return sum;
};
