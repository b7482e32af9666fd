import { readFileSync } from 'node:fs';
import { EventCodec } from '#libs/event-store';
import { ALL_EVENTS } from './events.js';
import { ALL_PROJECTIONS } from './projections.js';

const tablesOf = ({ projection }: (typeof ALL_PROJECTIONS)[number]): readonly string[] => [
  ...projection.tables.map(({ name }) => name),
  ...(projection.derive ?? []).map(({ table }) => table),
];

describe('what this release knows', () => {
  it('has events of different names, and every event a projection asks for', () => {
    const codec = new EventCodec(ALL_EVENTS);
    expect(codec.types).toHaveLength(ALL_EVENTS.length);
    expect(ALL_PROJECTIONS.flatMap(({ projection }) => projection.handles).filter((type) => !codec.knows(type))).toEqual([]);
  });

  it('has projections of different names, and no table that two of them write', () => {
    const names = ALL_PROJECTIONS.map(({ projection }) => projection.name);
    expect(new Set(names).size).toBe(names.length);
    const tables = ALL_PROJECTIONS.flatMap((one) => [...new Set(tablesOf(one))]);
    expect(tables.filter((name, index) => tables.indexOf(name) !== index)).toEqual([]);
  });

  it('can build every table of the schema again', () => {
    const schema = readFileSync('migrations/schema.snapshot.sql', 'utf8');
    const inSchema = [...schema.matchAll(/^CREATE TABLE driftledger\.(\w+)/gm)].flatMap(([, name = '']) => name);
    const known = new Set(ALL_PROJECTIONS.flatMap(tablesOf));
    // What is left says nothing of the log: who may write on a server, and which migrations were applied.
    expect(inSchema.filter((table) => !known.has(table)).sort()).toEqual([
      'projections_epochs_v1',
      'schema_migrations',
      'schema_migrations_turns',
    ]);
  });
});
