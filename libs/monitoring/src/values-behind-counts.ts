import { sortedValues } from '#libs/statistics';
import { type RowWindows } from './exact.js';
import { type WindowSpan } from './measurement.js';
import { type SubjectSamples } from './sample.js';
import { type SampleReader, type Scope } from './sample-reader.js';
import { VALUES_MAX } from './scores.js';

/** Which windows a subject is compared over; without windows the reference is a file. */
export type ComparedWindows = { readonly current: WindowSpan; readonly reference: readonly WindowSpan[] };

/**
 * Values of subjects that are counted in buckets, for methods that counts do not serve. Window by window, so that no batch is read that holds
 * none of their rows; which rows belong to a window is read once for all subjects.
 */
export class ValuesBehindCounts {
  private readonly rows = new Map<number, RowWindows>();

  constructor(
    private readonly reader: SampleReader,
    private readonly scope: Scope,
    /** Rows up to here are in the counts. */
    private readonly position: bigint,
  ) {}

  /** The samples with their values, or with the reason why there are none. Unchanged where buckets are not what they are made of. */
  async beside(samples: SubjectSamples, { current, reference }: ComparedWindows): Promise<SubjectSamples> {
    if (samples.form !== 'numeric' || samples.mode !== 'buckets') return samples;
    if (reference.length === 0) return { ...samples, values: { missing: 'values_not_kept' } };
    if (Math.max(samples.current.counted, samples.reference.counted) > VALUES_MAX)
      return { ...samples, values: { missing: 'too_many_values' } };
    const values = { current: await this.sorted(samples.subject, [current]), reference: await this.sorted(samples.subject, reference) };
    return { ...samples, values };
  }

  private async sorted(subject: string, windows: readonly WindowSpan[]): Promise<Float64Array> {
    const parts: number[][] = [];
    for (const window of windows) {
      const rows = this.rows.get(window.from) ?? (await this.reader.rowWindows(this.scope, [window], this.position));
      this.rows.set(window.from, rows);
      const [fold] = await this.reader.folds(this.scope, subject, [window], { rows, position: this.position, exceptGrid: '' });
      parts.push(fold?.values ?? []);
    }
    return sortedValues(parts.flat());
  }
}
