import { globalId } from '#libs/graphql-kit';
import { type Instant, type Position, positionOf, uuid } from '#libs/kernel';
import { type DeploymentRow, type SchemaRow } from './queries.js';

/** A deployment as the schema shows it. */
export type DeploymentNode = {
  readonly id: string;
  readonly deploymentId: string;
  readonly name: string;
  readonly model: string | undefined;
  readonly environment: string | undefined;
  readonly strict: boolean;
  readonly registeredAt: Instant;
  readonly isRegisteredOnFirstPost: boolean;
  readonly position: Position;
  readonly schemaVersion: number;
  readonly isSchemaSettled: boolean;
  readonly features: readonly object[];
};

const FEATURE = 'feature:';
const named = (text: string): string | undefined => (text === '' ? undefined : text);
const shown = (word: string): string => word.toUpperCase();

/** @param schema the aspects of this deployment */
export const deploymentNode = (row: DeploymentRow, schema: readonly SchemaRow[]): DeploymentNode => {
  const { deploymentId, name, model, environment, strict, registeredAt, onFirstPost, position } = row;
  const types = schema.filter(({ aspect, subject }) => aspect === 'type' && subject.startsWith(FEATURE));
  return {
    id: globalId('Deployment', uuid(deploymentId)),
    deploymentId,
    name,
    model: named(model),
    environment: named(environment),
    strict,
    registeredAt,
    isRegisteredOnFirstPost: onFirstPost,
    position: positionOf(position),
    schemaVersion: schema.find(({ aspect }) => aspect === 'version')?.schemaVersion ?? 0,
    isSchemaSettled: schema.some(({ aspect }) => aspect === 'settled'),
    features: types.map((type) => featureNode(type, schema)),
  };
};

const featureNode = ({ subject, kind, length, declared, personal }: SchemaRow, schema: readonly SchemaRow[]): object => {
  const of = (aspect: SchemaRow['aspect']): SchemaRow | undefined => schema.find((row) => row.subject === subject && row.aspect === aspect);
  // What a feature was counted by before its type changed says nothing about it any more.
  const grid = kind === 'integer' || kind === 'number' ? of('grid') : undefined;
  const words = kind === 'category' || kind === 'boolean' ? of('words') : undefined;
  return {
    name: subject.slice(FEATURE.length),
    kind: shown(kind),
    length: length === 0 ? undefined : length,
    isDeclared: declared,
    personal: named(shown(personal)),
    grid: grid && { centre: grid.centre, unit: grid.unit, basis: shown(grid.basis) },
    words: words?.words ?? 0,
    isFull: words?.full ?? false,
  };
};
