import { type Detector, StatisticsError } from '#libs/statistics';
import { DatasetError } from '#libs/datasets';
import { counted } from '../compare/format.js';

/** What a detector found in a stream; indices count from 0. */
export type Detections = {
  readonly values: number;
  readonly changes: readonly number[];
  /** From the first index to the last of each run. */
  readonly warnings: readonly (readonly [number, number])[];
};

const placeOf = (stream: string, index: number): { readonly file: string; readonly line: number } => ({
  file: stream === '-' ? 'standard input' : stream,
  line: index + 1,
});

/**
 * Lets a detector see a stream, value by value.
 * @throws DatasetError FILE_MALFORMED with the line of a value the detector does not take
 */
export const detect = async (detector: Detector, numbers: AsyncIterable<number>, stream: string): Promise<Detections> => {
  const changes: number[] = [];
  const warnings: [number, number][] = [];
  let index = 0;
  for await (const value of numbers) {
    const { change, warning } = updated(detector, value, placeOf(stream, index));
    if (change) changes.push(index);
    const last = warnings.at(-1);
    if (warning && last?.[1] === index - 1) last[1] = index;
    else if (warning) warnings.push([index, index]);
    index += 1;
  }
  return { values: index, changes, warnings };
};

const updated = (
  detector: Detector,
  value: number,
  place: { readonly file: string; readonly line: number },
): ReturnType<Detector['update']> => {
  try {
    return detector.update(value);
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    throw new DatasetError('FILE_MALFORMED', place, `${error.message}, got ${value}`, { cause: error });
  }
};

const indicesOf = ([first, last]: readonly [number, number]): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** For machines: `{changes: [index…], warnings: [index…]}`. */
export const jsonOf = ({ changes, warnings }: Detections): Readonly<Record<string, readonly number[]>> => ({
  changes,
  warnings: warnings.flatMap(indicesOf),
});

/** For people: what was read, then changes and runs of warnings in the order of the stream. */
export const tableOf = ({ values, changes, warnings }: Detections, method: string): string => {
  const warned = warnings.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const head = `${method}: ${counted(values, 'value')}, ${counted(changes.length, 'change')}, ${counted(warned, 'warning')}`;
  const rows = [
    ...changes.map((index) => ({ index, what: 'change', at: String(index) })),
    ...warnings.map(([first, last]) => ({ index: first, what: 'warning', at: first === last ? String(first) : `${first}–${last}` })),
  ].sort((a, b) => a.index - b.index);
  if (rows.length === 0) return `${head}\n`;
  return `${[head, '', 'what     index', ...rows.map(({ what, at }) => `${what.padEnd(9)}${at}`)].join('\n')}\n`;
};
