import { StatisticsError } from '../errors.js';
import { type Chunk, chunksOf } from '../estimation/chunks.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { compensatedMean, populationDeviation } from '../summation.js';
import { type NannymlMethod, nannymlScore } from './nannyml.js';
import { isEmpty, type PeerColumn, type PeerScore } from './peer.js';

/** Into how many chunks NannyML cuts a file when nothing is said. */
const CHUNKS = 10;
const DEVIATIONS = 3;
const LEVEL = 0.05;

/** A column whole and in chunks, in file order. */
export type ChunkedColumn = { readonly whole: PeerColumn; readonly chunks: readonly PeerColumn[] };

/** What NannyML shows of one chunk: nothing where it holds no value. */
export type NannymlChunk = { readonly score: number; readonly drifted: boolean } | undefined;

/** The chunks of the current file and the limit they are held to; `chi2` has none, its p-value decides. */
export type NannymlChunks = { readonly threshold?: number; readonly chunks: readonly NannymlChunk[] };

/**
 * The rows of each chunk NannyML 0.13.1 cuts a file into: a tenth of the rows, in file order, what remains being one more chunk.
 * @throws StatisticsError `nannyml requires at least ten rows to cut into chunks`, on which the original fails too
 * @example nannymlChunkRows(23).length // 12
 */
export const nannymlChunkRows = (rows: number): readonly Chunk[] => {
  if (rows < CHUNKS) throw new StatisticsError('nannyml requires at least ten rows to cut into chunks');
  return chunksOf(rows, Math.floor(rows / CHUNKS));
};

const pValueOf = ({ score, parameters }: PeerScore): number => {
  const categories = Number(parameters['categories']);
  return categories > 1 ? chiSquareTail(score, categories - 1) : 1;
};

/**
 * What NannyML 0.13.1 shows of a column by default: a number per chunk of the current file, each against the whole reference, and the limit,
 * which is the mean plus three population deviations of the numbers of the reference's own chunks. `chi2` alerts by a p-value below 0.05 instead.
 * A chunk without values has no number here and no alert; there it repeats the alert of the chunk before when the method is `chi2`.
 * Cost: that of `nannymlScore` per chunk. Oracle: oracles/nannyml-chunks.json (made by that release, tolerance 1e-9 relative).
 * @throws StatisticsError as `nannymlScore`
 */
export const nannymlChunks = (method: NannymlMethod, reference: ChunkedColumn, current: readonly PeerColumn[]): NannymlChunks => {
  const shownOf = (chunk: PeerColumn): PeerScore | undefined =>
    isEmpty(chunk) ? undefined : nannymlScore(method, { reference: reference.whole, current: chunk });
  const shown = current.map(shownOf);
  if (method === 'chi2') {
    return { chunks: shown.map((found) => found && { score: found.score, drifted: pValueOf(found) < LEVEL }) };
  }
  const before = reference.chunks.flatMap((chunk) => shownOf(chunk)?.score ?? []);
  const threshold = compensatedMean(before) + DEVIATIONS * populationDeviation(before);
  return { threshold, chunks: shown.map((found) => found && { score: found.score, drifted: found.score > threshold }) };
};
