import { type Cell, type Row, dateTimeOf } from '#libs/clickhouse';
import { type Recorded } from '#libs/kernel';
import { type Described, isOneOfMany } from './described.js';
import { describe } from './entries.js';

/** Table of the trail. */
export const AUDIT_TABLE = 'audit_entries_v2';

/** Names come from outside: one that breaks lines, moves a cursor or turns the direction of writing must not change what is read. */
const UNREADABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const oneLine = (text: string): string => text.replace(UNREADABLE, ' ');

type Column = readonly [name: string, cell: (event: Recorded, described: Described) => Cell];

/** Columns in the order of the table, each with how it is filled. */
const COLUMNS: readonly Column[] = [
  ['intake', (_, { class: kind }) => (isOneOfMany(kind) ? 1 : 0)],
  ['position', ({ position }) => position.commit],
  ['event_id', ({ id }) => id],
  ['recorded_at', ({ recordedAt }) => dateTimeOf(recordedAt)],
  ['type', ({ type }) => type],
  ['class', (_, { class: kind }) => kind],
  ['stream', ({ stream }) => stream],
  ['revision', ({ revision }) => revision],
  ['actor_id', ({ metadata }) => metadata.actor.principalId],
  ['actor_kind', ({ metadata }) => metadata.actor.kind],
  ['actor_via', ({ metadata }) => metadata.actor.via],
  ['on_behalf_of', ({ metadata }) => metadata.onBehalfOf ?? ''],
  ['surface', ({ metadata }) => metadata.source.surface],
  ['route', ({ metadata }) => metadata.source.route ?? ''],
  ['client', ({ metadata }) => metadata.source.client ?? ''],
  ['address_class', ({ metadata }) => metadata.source.addressClass],
  ['reason', ({ metadata }) => metadata.reason ?? ''],
  ['correlation_id', ({ metadata }) => metadata.$correlationId],
  ['causation_id', ({ metadata }) => metadata.$causationId],
  ['command_id', ({ metadata }) => metadata.commandId],
  ['deployment_id', (_, { deploymentId }) => deploymentId ?? ''],
  ['monitor_id', (_, { monitorId }) => monitorId ?? ''],
  ['model', (_, { model }) => model ?? ''],
  ['subject', (_, { subject }) => subject ?? ''],
  ['summary', (_, { summary }) => oneLine(summary)],
  ['changes', (_, { changes }) => JSON.stringify(changes ?? [])],
  ['sha256', ({ metadata }) => metadata.sha256],
];

export const AUDIT_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

/** The entry of an event. Pure: the same event gives the same entry. */
export const entryRow = (event: Recorded): Row => {
  const described = describe(event);
  return COLUMNS.map(([, cell]) => cell(event, described));
};
