import { type Estimate, type Parameters, type Scorecard } from '#libs/statistics';

/** One metric of one chunk; `realised` where the labels of the whole chunk are known. */
export type MetricReport = Estimate<string> & { readonly realised?: number };

/** Rows `from` to `to` (excluded) among those of the current file that could be used. */
export type ChunkReport = {
  readonly from: number;
  readonly to: number;
  readonly metrics: readonly MetricReport[];
  /** Metrics of the method that have no number here: a share of nothing, a logarithm of negative numbers, or nothing to compare with. */
  readonly absent: readonly string[];
};

/** What `estimate` found; the table and the JSON are two views of it. */
export type EstimateReport = {
  readonly parameters: Parameters;
  /** Rows without one of the values needed: counted, not used. */
  readonly leftOut: { readonly reference: number; readonly current: number };
  readonly chunks: readonly ChunkReport[];
  /** By metric, over the chunks whose labels are known. */
  readonly scorecards: ReadonlyMap<string, Scorecard>;
};
