import { globalId } from '#libs/graphql-kit';
import { instant, type Instant, type Position, positionOf, uuid } from '#libs/kernel';
import { isMethodId } from '#libs/statistics';
import { type MethodRef, MonitorDefinition } from './definition.js';
import { driftMethodOf } from './definition-input.js';
import { definitionInWords } from './in-words.js';
import { type Bin, type Contribution, type MethodScore, SubjectMeasurement, type Unscored } from './measurement.js';
import { type MeasurementRow, type MonitorRow } from './queries.js';

/** A definition as the schema shows it. */
export const definitionNode = (definition: MonitorDefinition): object => ({
  timeZone: definition.timeZone,
  windowMinutes: definition.windowMinutes,
  latenessMinutes: definition.latenessMinutes,
  rowsMin: definition.rowsMin,
  judges: { numeric: methodNode(definition.judges.numeric), categorical: methodNode(definition.judges.categorical) },
  shown: { numeric: definition.shown.numeric.map(methodNode), categorical: definition.shown.categorical.map(methodNode) },
  alerting: definition.alerting,
  words: definitionInWords(definition),
  full: definition,
});

/** The value of the schema's enum for an id that this release knows. */
const knownMethod = (id: string): string | null => (isMethodId(id) ? driftMethodOf(id) : null);

const methodNode = ({ id, version, parameters: { base, ...plain } = {} }: MethodRef): object => ({
  method: knownMethod(id),
  version,
  parameters: { ...plain, base: base === undefined ? null : base === '2' ? 'TWO' : 'E' },
});

/** One number as the schema shows it. `mode`: how its subject was measured. */
export const scoreNode = (score: MethodScore, { mode }: Pick<SubjectMeasurement, 'mode'>): object => {
  const node = { ...score, driftMethod: knownMethod(score.method), mode: score.mode ?? mode };
  return node;
};

const unscoredNode = ({ method, version, reason, detail }: Unscored): object => {
  const node = { method: knownMethod(method), version, reason: reason.toUpperCase(), detail };
  return node;
};

/** A monitor as the schema shows it; `subjects` has a resolver of its own. */
export type MonitorNode = { readonly id: string; readonly monitorId: string; readonly name: string };

export const monitorNode = (row: MonitorRow): MonitorNode => {
  const node = {
    id: globalId('Monitor', uuid(row.monitorId)),
    monitorId: row.monitorId,
    name: row.name,
    deployment: row.deployment,
    status: row.status.toUpperCase(),
    definitionVersion: row.definitionVersion,
    definition: definitionNode(MonitorDefinition.parse(JSON.parse(row.definition))),
    createdAt: row.createdAt,
  };
  return node;
};

type TimeWindow = { readonly from: Instant; readonly until: Instant };
const windowNode = (from: number, until: number): TimeWindow => ({ from: instant(from), until: instant(until) });

/** A measurement as the schema shows it; monitor, provenance and revisions have resolvers of their own. */
export type MeasurementNode = { readonly row: MeasurementRow; readonly position: Position };

export const measurementNode = (row: MeasurementRow): MeasurementNode => {
  const measured = row.detail === '' ? undefined : SubjectMeasurement.parse(JSON.parse(row.detail));
  const node = {
    row,
    id: Buffer.from(`Measurement:${row.eventId}:${row.subject}`, 'utf8').toString('base64url'),
    kind: row.kind.toUpperCase(),
    subject: row.subject,
    window: windowNode(row.windowFrom, row.windowUntil),
    revision: row.revision,
    reason: row.reason,
    skipped: row.skipped || null,
    rows: row.rows,
    labelled: row.kind === 'performance' ? row.labelled : null,
    scores: (measured?.scores ?? []).map((score) => scoreNode(score, { mode: measured?.mode ?? 'buckets' })),
    unscored: (measured?.unscored ?? []).map(unscoredNode),
    judgement: measured?.judgement ?? null,
    direction: measured?.direction ?? null,
    distribution: (measured?.contributions ?? []).map(binNode).sort(byInterval),
    quality: measured?.quality ?? null,
    sha256: measured?.sha256 ?? null,
    recordedAt: row.recordedAt,
    position: positionOf(row.position),
  };
  return node;
};

const labelOf = (bin: Bin): string => {
  switch (bin.kind) {
    case 'word':
      return bin.word;
    case 'rest':
      return `${bin.words} rare words together`;
    case 'interval':
      if (bin.from === null) return bin.until === null ? 'all' : `below ${bin.until}`;
      return bin.until === null ? `${bin.from} and above` : `${bin.from} to ${bin.until}`;
  }
};

type BinNode = { readonly label: string; readonly from: number | null; readonly until: number | null };
const binNode = ({ bin, reference, current, contribution }: Contribution): BinNode => {
  const ends = bin.kind === 'interval' ? { from: bin.from, until: bin.until } : { from: null, until: null };
  const node = { label: labelOf(bin), ...ends, reference, current, contribution };
  return node;
};

/** Intervals from low to high; words stay by how much they moved. */
const byInterval = (a: BinNode, b: BinNode): number => {
  if (a.until === null && a.from === null) return 0;
  return (a.from ?? -Infinity) - (b.from ?? -Infinity) || 0;
};
