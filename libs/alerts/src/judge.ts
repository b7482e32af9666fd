import { formatPosition, type Recorded } from '#libs/kernel';
import { type Contribution, type MeasurementEvent, type SubjectMeasurement } from '#libs/monitoring';
import { type Evidence, type Judgement, type MovedBin, MOVED_BINS_MAX } from './judgement.js';

type Measured = Extract<Recorded<MeasurementEvent>, { type: 'MeasurementRecorded' }>;
type Skipped = Extract<Recorded<MeasurementEvent>, { type: 'MeasurementSkipped' }>;

/** What one subject of a measurement says to its alert. Measured without a verdict, or with too few labels to judge by, it counts as no data. */
export const judgementOf = (event: Measured, subject: SubjectMeasurement): Judgement => {
  const { window, unjudged } = event.data;
  const { judgement } = subject;
  if (!judgement || unjudged) return { window, verdict: 'no_data', note: unjudged ?? 'not judged' };
  return { window, verdict: judgement.breach ? 'breach' : 'calm', evidence: evidenceOf(event, subject, judgement) };
};

/** What a skipped window says to the subjects measured before it. */
export const noDataOf = ({ data }: Skipped): Judgement => ({ window: data.window, verdict: 'no_data', note: data.skipped });

const evidenceOf = (
  { id, position, data }: Measured,
  subject: SubjectMeasurement,
  { method, score, gates }: NonNullable<SubjectMeasurement['judgement']>,
): Evidence => ({
  measurement: { eventId: id, position: formatPosition(position), revision: data.revision },
  method,
  score,
  limit: subject.form === 'performance' ? null : limitOf(gates),
  gates: gates.map(({ gate, value, limit, passed, applied }) => ({ gate, value, limit, passed, applied })),
  scores: subject.scores.map((shown) => ({ method: shown.method, value: shown.score })),
  moved: subject.contributions.slice(0, MOVED_BINS_MAX).map(movedOf),
  direction: subject.direction,
  ...(data.reference && { reference: { kind: data.reference.kind, id: data.reference.id, digest: data.reference.digest } }),
  rows: data.rows,
  ...(data.labelled !== undefined && data.rows > 0 ? { labelledShare: data.labelled / data.rows } : {}),
});

/**
 * The limit the score itself had to exceed: a p-value is held against another scale, so are the distances beside a test that judges, and of
 * performance the change is judged.
 */
const limitOf = (gates: NonNullable<SubjectMeasurement['judgement']>['gates']): number | null => {
  const limits = gates
    .filter(({ gate, applied, parameters }) => applied && gate !== 'significance' && !('scale' in parameters))
    .map(({ limit }) => limit);
  return limits.length === 0 ? null : Math.max(...limits);
};

const movedOf = ({ bin, reference, current, contribution }: Contribution): MovedBin => ({
  kind: bin.kind,
  bin: textOf(bin),
  referenceShare: reference,
  currentShare: current,
  contribution,
});

const textOf = (bin: Contribution['bin']): string => {
  if (bin.kind === 'word') return bin.word;
  if (bin.kind === 'rest') return `${bin.words} other words`;
  return `${bin.from === null ? '(-∞' : `[${bin.from}`}, ${bin.until === null ? '+∞' : bin.until})`;
};
