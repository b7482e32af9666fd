import { type Cell, dateTimeOf, type Projection, type Row, type RowsByTable, type TableSpec } from '#libs/clickhouse';
import { type EventOf } from '#libs/event-store';
import { type Recorded, unreachable } from '#libs/kernel';
import { DEPLOYMENT_EVENTS, type DeploymentEvent, type FeatureTypeChanged } from './events.js';

const REGISTERED: TableSpec = {
  name: 'deployments_registered_v1',
  columns: ['deployment_id', 'position', 'event_id', 'recorded_at', 'name', 'model', 'environment', 'strict', 'on_first_post'],
  partition: 'none',
};
const ASPECT_COLUMNS = ['kind', 'length', 'declared', 'personal', 'centre', 'unit', 'basis', 'words', 'full'] as const;
const SCHEMA: TableSpec = {
  name: 'deployments_schema_v1',
  columns: ['deployment_id', 'subject', 'aspect', 'position', 'event_id', 'recorded_at', 'schema_version', ...ASPECT_COLUMNS],
  partition: 'none',
};

type Values = Partial<Record<(typeof ASPECT_COLUMNS)[number], Cell>>;
type Aspect = { readonly subject: string; readonly aspect: 'type' | 'grid' | 'words' | 'settled' | 'version'; readonly values: Values };

/** What a row says of the aspects it is not about. */
const NOTHING: Record<(typeof ASPECT_COLUMNS)[number], Cell> = {
  kind: '',
  length: 0,
  declared: false,
  personal: '',
  centre: 0,
  unit: 0,
  basis: '',
  words: 0,
  full: false,
};

const typeOf = (name: string, values: Values): Aspect => ({ subject: `feature:${name}`, aspect: 'type', values });
const typeOfChanged = ({ feature, to, length = 0, personal }: EventOf<typeof FeatureTypeChanged>['data']): Aspect =>
  typeOf(feature, { kind: to, length, declared: true, personal: personal ?? '' });
const gridOf = (subject: string, { centre, unit }: { centre: number; unit: number }, basis: string): Aspect => ({
  subject,
  aspect: 'grid',
  values: { centre, unit, basis },
});

const aspectsOf = (event: DeploymentEvent): readonly Aspect[] => {
  switch (event.type) {
    case 'DeploymentRegistered':
      return [];
    case 'FeaturesDeclared':
      return event.data.features.flatMap(({ name, kind, length = 0, personal = '', grid }) => [
        typeOf(name, { kind, length, declared: true, personal }),
        ...(grid ? [gridOf(`feature:${name}`, grid, 'declared')] : []),
      ]);
    case 'FeatureSchemaExtended':
      return [
        ...event.data.features.map(({ name, kind, length = 0 }) => typeOf(name, { kind, length })),
        ...event.data.widened.map((name) => typeOf(name, { kind: 'number' })),
      ];
    case 'FeatureSchemaSettled':
      return [{ subject: '', aspect: 'settled', values: {} }];
    case 'FeatureTypeChanged':
      return [typeOfChanged(event.data)];
    case 'FeatureGridSet':
      return [gridOf(event.data.subject, event.data.grid, event.data.basis)];
    case 'CategoriesObserved': {
      const { subject, firstBucket, words, full } = event.data;
      return [{ subject, aspect: 'words', values: { words: firstBucket + words.length, full } }];
    }
    default:
      return unreachable(event);
  }
};

const schemaRows = (event: Recorded<DeploymentEvent>): readonly Row[] => {
  if (event.type === 'DeploymentRegistered') return [];
  const { deploymentId, schemaVersion } = event.data;
  const all: readonly Aspect[] = [...aspectsOf(event), { subject: '', aspect: 'version', values: {} }];
  return all.map(({ subject, aspect, values }) => {
    const cells = { ...NOTHING, ...values };
    const head = [deploymentId, subject, aspect, event.position.commit, event.id, dateTimeOf(event.recordedAt), schemaVersion];
    return [...head, ...ASPECT_COLUMNS.map((column) => cells[column])];
  });
};

const registeredRows = (event: Recorded<DeploymentEvent>): readonly Row[] => {
  if (event.type !== 'DeploymentRegistered') return [];
  const { deploymentId, name, model = '', environment = '', strict, onFirstPost } = event.data;
  return [[deploymentId, event.position.commit, event.id, dateTimeOf(event.recordedAt), name, model, environment, strict, onFirstPost]];
};

/** Deployments and the newest state of each aspect of their schemas. */
export const deploymentsProjection: Projection<DeploymentEvent> = {
  name: 'deployments',
  version: 1,
  handles: DEPLOYMENT_EVENTS.map(({ type }) => type),
  tables: [REGISTERED, SCHEMA],
  rows: (events): RowsByTable =>
    new Map([
      [REGISTERED.name, events.flatMap(registeredRows)],
      [SCHEMA.name, events.flatMap(schemaRows)],
    ]),
};
