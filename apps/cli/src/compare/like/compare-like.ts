import { type Column } from '#libs/datasets';
import { isEmpty, type MethodId, type PeerColumn, type PeerColumns, StatisticsError } from '#libs/statistics';
import { readAgreeing } from '../compare-files.js';
import { parseOptions } from '../options.js';
import { type Pair } from '../report.js';
import { scoreColumn } from '../score-column.js';
import { categoricalSides, numericSides } from '../sides.js';
import { asPeerSees, byChunkOf } from './chunks.js';
import { notesOn } from './notes.js';
import { type PeerMethod, peerView } from './peers.js';
import { reasonFor } from './reasons.js';
import { type Difference, type LikeColumn, type LikeMethod, type LikeReport, type Peer } from './report.js';

/** Two numbers of one definition agree to this, relative to the peer's. */
const AGREEMENT = 1e-9;

const wordsOf = (column: PeerColumn): readonly string[] => (column.kind === 'numeric' ? Array.from(column.sorted, String) : column.values);

type OwnNumber = { readonly score: number | null; readonly pValue?: number; readonly reason?: string };

/** Our own number for what the peer measured, by our defaults, on the same reading of the values. */
const ours = ({ reference, current }: PeerColumns, { id, isPerValue }: PeerMethod): OwnNumber => {
  const options = parseOptions({ method: [id] });
  const isNumeric = !isPerValue && reference.kind === 'numeric' && current.kind === 'numeric';
  const sides = isNumeric
    ? numericSides(Float64Array.from(reference.sorted), Float64Array.from(current.sorted), options).sides
    : categoricalSides(wordsOf(reference), wordsOf(current)).sides;
  const [report] = scoreColumn(isNumeric ? 'numeric' : 'categorical', sides, options);
  if (!report) return { score: null, reason: `${id} does not fit this column` };
  const { score, pValue, reason } = report;
  return { score, ...(pValue !== undefined && { pValue }), ...(reason !== undefined && { reason }) };
};

const measured = (method: PeerMethod): LikeMethod => {
  const { id, name, threshold } = method;
  try {
    const { score, direction, parameters } = method.measure();
    const drifted =
      threshold === undefined ? {} : { threshold, drifted: direction === 'drift when small' ? score <= threshold : score >= threshold };
    const chunks = method.byChunk?.();
    return { id, name, score, direction, ...drifted, parameters, ...(chunks && { chunks }) };
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    return { id, name, score: null, parameters: {}, reason: error.message };
  }
};

const differenceOf = (peer: Peer, column: string, shown: LikeMethod, own: OwnNumber): Difference[] => {
  const theirs = shown.score;
  // A test is compared by its p-value, which is what the peer shows as its score.
  const number = shown.direction === 'drift when small' ? (own.pValue ?? null) : own.score;
  if (theirs === null || (number !== null && Math.abs(number - theirs) <= AGREEMENT * Math.abs(theirs))) return [];
  const reason = own.reason ?? reasonFor(peer, shown.name, shown.parameters);
  return [{ column, method: shown.id, theirs, ours: number, reason }];
};

type Viewed = { readonly column: LikeColumn; readonly differences: readonly Difference[] };

const view = (
  peer: Peer,
  { rows, ...sides }: { readonly reference: Column; readonly current: Column; readonly rows: Pair },
  asked: readonly MethodId[] | undefined,
): Viewed => {
  const columns = { reference: asPeerSees(sides.reference), current: asPeerSees(sides.current) };
  const { name } = sides.reference;
  const facts = {
    name,
    n: { reference: sides.reference.values.length, current: sides.current.values.length },
    missing: { reference: columns.reference.missing, current: columns.current.missing },
  };
  if (isEmpty(columns.reference) || isEmpty(columns.current)) {
    return { column: { ...facts, type: 'empty', methods: [], reason: 'there is no value on one side' }, differences: [] };
  }
  const { type, methods, reason } = peerView(peer, { columns, byChunk: byChunkOf(sides, rows) }, asked);
  const shown = methods.map((method) => ({ method, report: measured(method) }));
  return {
    column: { ...facts, type, methods: shown.map(({ report }) => report), ...(reason !== undefined && { reason }) },
    differences: shown.flatMap(({ method, report }) => differenceOf(peer, name, report, ours(columns, method))),
  };
};

/**
 * The numbers another tool shows for the columns both files have, by its own choice of method unless `methods` says otherwise, and where
 * our defaults give another number.
 * @throws DatasetError when a file cannot be read
 */
export const compareLike = async (
  files: { readonly reference: string; readonly current: string },
  { peer, methods }: { readonly peer: Peer; readonly methods?: readonly MethodId[] },
): Promise<LikeReport> => {
  const [reference, current] = await readAgreeing(files, { places: peer === 'nannyml-0.13' });
  const rows = { reference: reference.rows, current: current.rows };
  const viewed = [...reference.columns.values()].flatMap((column) => {
    const other = current.columns.get(column.name);
    return other ? [view(peer, { reference: column, current: other, rows }, methods)] : [];
  });
  const columns = viewed.map(({ column }) => column);
  return {
    like: peer,
    files,
    rows,
    columns,
    differences: viewed.flatMap(({ differences }) => differences),
    notes: notesOn(peer, rows, columns),
  };
};
