import { type Instant, instant, type Position, positionOf } from '#libs/kernel';
import { type FeatureValueRow, type LabelRow, type PredictionRow } from './queries.js';

/** A prediction as the schema shows it; features and labels have resolvers of their own. */
export type PredictionNode = {
  readonly deploymentId: string;
  readonly id: string;
  readonly at: Instant;
  readonly position: Position;
  readonly row: number;
};

const reasonsOf = (text: string | undefined): readonly string[] => {
  const parsed: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(parsed) ? parsed.map(String) : [];
};

export const predictionNode = (deploymentId: string, row: PredictionRow): PredictionNode => {
  const { decisionAction, decisionThreshold, decisionReasons, eventId, ...rest } = row;
  const decided = decisionAction !== undefined || decisionThreshold !== null || decisionReasons !== undefined;
  const decision = { action: decisionAction, threshold: decisionThreshold, reasons: reasonsOf(decisionReasons) };
  return {
    ...rest,
    deploymentId,
    at: instant(row.at),
    position: positionOf(row.position),
    ...{ batch: eventId, weight: row.weight === 0 ? 1 : row.weight, decision: decided ? decision : undefined },
  };
};

/** The name stands after `feature:`. */
const nameOf = (subject: string): string => subject.slice('feature:'.length);

const valueOf = ({ kind, number, word, vector }: FeatureValueRow): unknown => {
  switch (kind) {
    case 'number':
      return number;
    case 'category':
      return word;
    case 'boolean':
      return word === null ? null : word === 'true';
    case 'vector':
      return vector.length === 0 ? null : vector;
    case 'sealed':
      return null;
  }
};

export const featureNode = (row: FeatureValueRow): object => ({
  name: nameOf(row.subject),
  kind: row.kind.toUpperCase(),
  value: row.mistyped === '' ? valueOf(row) : (JSON.parse(row.mistyped) as unknown),
  isMistyped: row.mistyped !== '',
});

export const labelNode = ({ value, class: word, labelledAt, recordedAt, position }: LabelRow): object => ({
  value,
  class: word,
  labelledAt: instant(labelledAt),
  recordedAt,
  position: positionOf(position),
});
