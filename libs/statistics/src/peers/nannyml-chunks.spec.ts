import { describe, expect, it } from '@jest/globals';
import oracle from '../oracles/nannyml-chunks.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { NANNYML_METHODS } from './nannyml.js';
import { type ChunkedColumn, nannymlChunkRows, nannymlChunks } from './nannyml-chunks.js';
import { type PeerColumn } from './peer.js';

type Cell = number | string | null;
type Shown = {
  readonly threshold: number | null;
  readonly scores: readonly (number | null)[];
  readonly alerts: readonly (boolean | null)[];
};

const columnOf = (cells: readonly Cell[], kind: PeerColumn['kind']): PeerColumn => {
  const present = cells.filter((cell) => cell !== null);
  const missing = cells.length - present.length;
  return kind === 'numeric' ? { kind, sorted: sortedValues(present.map(Number)), missing } : { kind, values: present.map(String), missing };
};

const chunked = (cells: readonly Cell[]): ChunkedColumn => {
  const kind = cells.some((cell) => typeof cell === 'string') ? 'categorical' : 'numeric';
  return {
    whole: columnOf(cells, kind),
    chunks: nannymlChunkRows(cells.length).map(({ from, to }) => columnOf(cells.slice(from, to), kind)),
  };
};

/** As in `peers.spec.ts`: what is computed by cancellation there is no better than 1e-12. */
const expectClose = (ours: number | undefined, theirs: number): void => {
  expect(Math.abs((ours ?? NaN) - theirs)).toBeLessThanOrEqual(1e-9 * Math.abs(theirs) + 1e-12);
};

describe('the default chunks of nannyml 0.13', () => {
  it.each(oracle.cases)('have its rows, numbers, limit and alerts: $name', ({ reference, current, starts, methods }) => {
    expect(nannymlChunkRows(current.length).map(({ from }) => from)).toEqual(starts);
    for (const [asked, { threshold, scores, alerts }] of Object.entries<Shown>(methods)) {
      const method = NANNYML_METHODS.find((known) => known === asked);
      if (method === undefined) throw new Error(`unexpected method ${asked}`);
      const shown = nannymlChunks(method, chunked(reference), chunked(current).chunks);
      if (threshold === null) expect(shown.threshold).toBeUndefined();
      else expectClose(shown.threshold, threshold);
      expect(shown.chunks.map((chunk) => chunk?.drifted ?? null)).toEqual(alerts);
      shown.chunks.forEach((chunk, i) => {
        const score = scores[i] ?? null;
        if (score === null) expect(chunk).toBeUndefined();
        else expectClose(chunk?.score, score);
      });
    }
  });

  it('are judged each by itself, where chi2 of NannyML repeats the alert of the chunk before for one without values', () => {
    const random = seededRandom(3);
    const words = (rows: number, share: number): string[] => Array.from({ length: rows }, () => (random() < share ? 'a' : 'b'));
    const [calm, moved, none] = [words(60, 0.5), words(60, 0.05), new Array<null>(60).fill(null)];
    const alertsOf = (...chunks: readonly (readonly Cell[])[]): (boolean | undefined)[] =>
      nannymlChunks(
        'chi2',
        chunked(words(600, 0.5)),
        chunks.map((cells) => columnOf(cells, 'categorical')),
      ).chunks.map((chunk) => chunk?.drifted);
    expect(alertsOf(calm, moved, none, calm)).toEqual([false, true, undefined, false]);
  });

  it('hold so few rows that their limit of three deviations is crossed without drift far more often than its name says', () => {
    const random = seededRandom(4);
    const draw = (): ChunkedColumn => chunked(Array.from({ length: 1000 }, () => random()));
    let [alerts, chunks] = [0, 0];
    for (let run = 0; run < 20; run += 1) {
      const shown = nannymlChunks('kolmogorov_smirnov', draw(), draw().chunks);
      chunks += shown.chunks.length;
      alerts += shown.chunks.filter((chunk) => chunk?.drifted === true).length;
    }
    expect(alerts / chunks).toBeGreaterThan(0.01);
  });

  it('need ten rows, without which the original fails', () => {
    expect(nannymlChunkRows(10)).toHaveLength(10);
    expect(nannymlChunkRows(23)).toHaveLength(12);
    expect(() => nannymlChunkRows(9)).toThrow('nannyml requires at least ten rows to cut into chunks');
  });
});
