import { existsSync, readdirSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { type Recorded, instant, positionOf, uuid } from '#libs/kernel';
import { type StoredEvent } from '#libs/event-store';
import { batchHead } from './describe-intake.js';
import { describe as describeEvent, describedTypes } from './entries.js';
import { AUDIT_COLUMNS, entryRow } from './entry-row.js';

const ID = uuid('00000000-0000-4000-8000-000000000001');
const LIBS = new URL('../../', import.meta.url);

const definitionsOf = async (lib: string): Promise<string[]> => {
  const folder = new URL(`${lib}/src/`, LIBS);
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^([a-z-]+-)?events\.ts$/.test(name)) : [];
  const exported: Record<string, unknown>[] = await Promise.all(files.map((name) => import(new URL(name, folder).pathname)));
  return exported
    .flatMap((module) => Object.values(module))
    .flatMap((value) => (typeof value === 'object' && value !== null && 'make' in value && 'type' in value ? [String(value.type)] : []));
};

const aStoredBatch = (text: string, deflated: boolean): StoredEvent => ({
  id: ID,
  type: 'PredictionBatchRecorded',
  contentType: deflated ? 'application/octet-stream' : 'application/json',
  body: deflated ? deflateSync(text, { level: 1 }) : Buffer.from(text),
  stream: `predictions-${ID}`,
  revision: 0n,
  position: positionOf(1n),
  recordedAt: instant(0),
  metadata: {
    $correlationId: ID,
    $causationId: ID,
    commandId: ID,
    actor: { principalId: ID, kind: 'service', via: 'key 1' },
    source: { surface: 'http', addressClass: 'loopback' },
    schemaVersion: 1,
    sha256: '0'.repeat(64),
    ...(deflated ? { encoding: 'deflate' as const } : {}),
  },
});

const recordedAs = (type: string): Recorded => {
  const { id, stream, revision, position, recordedAt, metadata } = aStoredBatch('{}', false);
  return { id, type, stream, revision, position, recordedAt, metadata, data: null };
};

describe('the words of the trail', () => {
  it('exist for every event of every lib', async () => {
    const libs = readdirSync(LIBS);
    const known = (await Promise.all(libs.map(definitionsOf))).flat();
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter((type) => !describedTypes().includes(type))).toEqual([]);
  });

  it('fall back to the name of an event this release does not know', () => {
    expect(describeEvent({ type: 'ModelVersionRetired', data: null })).toEqual({ class: 'other', summary: 'Model version retired' });
  });

  it.each([
    [`deployment-${ID}`, { deploymentId: ID }],
    [`monitor-${ID}`, { monitorId: ID }],
    [`principal-${ID}`, {}],
    [undefined, {}],
  ])('file a refused command about %s under what it was about', (stream, about) => {
    const refused = { command: 'ChangeFeatureType', code: 'REASON_REQUIRED', detail: 'churn: changing a type needs a reason' };
    expect(describeEvent({ type: 'CommandRefused', data: { ...refused, principalId: ID, stream } })).toEqual({
      class: 'access',
      summary: 'ChangeFeatureType refused: REASON_REQUIRED, churn: changing a type needs a reason',
      ...about,
    });
  });

  it('tell of many what they were and how many', () => {
    const read = { principalId: ID, operation: 'GRAPHQL Query.prediction', argumentsSha256: 'a'.repeat(64), count: 3 };
    const refused = { principalId: ID, command: 'SilenceAlert', code: 'ALREADY_SILENCED', detail: 'it is silent', count: 40 };
    expect(describeEvent({ type: 'SensitiveDataRead', data: read })).toEqual({
      class: 'read',
      summary: 'GRAPHQL Query.prediction read 3 times',
    });
    expect(describeEvent({ type: 'CommandRefused', data: refused }).summary).toBe(
      'SilenceAlert refused 40 more times in a minute: ALREADY_SILENCED, it is silent',
    );
  });

  it('tell to what the type of a feature was changed', () => {
    const data = { deploymentId: ID, schemaVersion: 4, feature: 'text', from: 'category', to: 'vector', length: 3 };
    expect(describeEvent({ type: 'FeatureTypeChanged', data })).toMatchObject({
      summary: 'Feature text changed from category to vector of 3',
      changes: [
        { path: 'features.text.kind', before: 'category', after: 'vector' },
        { path: 'features.text.length', after: 3 },
      ],
    });
  });

  it('tell what a raised alert rests on', () => {
    const window = { from: Date.UTC(2001, 2, 5), until: Date.UTC(2001, 2, 6) };
    const judgement = {
      window,
      verdict: 'breach',
      evidence: { method: 'jensen_shannon', score: 0.1234567, limit: 0.05, moved: [{ bin: 'JFK' }, { bin: 'BOS' }] },
    };
    const about = { alertId: ID, deploymentId: ID, monitorId: ID, monitor: 'delay', subject: 'feature:origin', episode: 1 };
    const described = describeEvent({
      type: 'AlertRaised',
      data: { ...about, policy: { k: 1, n: 1, m: 3 }, judgement, severity: 'medium', breaches: [{ window }] },
    });
    expect(described).toMatchObject({
      class: 'alert',
      subject: 'feature:origin',
      summary:
        'Alert on feature:origin of delay raised, severity medium, 1 breach of 1 (jensen_shannon 0.1235 above 0.05; moved: JFK, BOS)',
    });
  });
});

describe('what was done to the installation', () => {
  const rebuilt = (over: object) =>
    describeEvent({
      type: 'ProjectionRebuilt',
      data: {
        principalId: ID,
        projection: 'audit',
        version: 2,
        events: 7,
        adopted: true,
        tables: [{ table: 'audit_entries_v2', equal: true, rowsLive: 7, rowsRebuilt: 7 }],
        ...over,
      },
    });

  it('says what a rebuild compared and which tables are live', () => {
    expect(rebuilt({})).toMatchObject({
      class: 'access',
      summary: 'Projection audit.v2 rebuilt from 7 events: equal to the live tables; the rebuilt tables are live',
    });
    const tables = [{ table: 'audit_entries_v2', equal: false, rowsLive: 6, rowsRebuilt: 7 }];
    expect(rebuilt({ tables })).toMatchObject({
      summary: 'Projection audit.v2 rebuilt from 7 events: not what was live in audit_entries_v2; the rebuilt tables are live',
      changes: [{ path: 'tables.audit_entries_v2.rows', before: 6, after: 7 }],
    });
    expect(rebuilt({ tables, adopted: false })).toMatchObject({
      summary: 'Projection audit.v2 rebuilt from 7 events: not what was live in audit_entries_v2; the live tables were kept',
      changes: [],
    });
  });

  it('says that a rebuild was begun, and what for', () => {
    const begun = (adopt: boolean) =>
      describeEvent({ type: 'ProjectionRebuildBegun', data: { principalId: ID, projection: 'alerts', version: 2, adopt } }).summary;
    expect(begun(true)).toBe('Rebuild of projection alerts.v2 begun, to take the place of the live tables');
    expect(begun(false)).toBe('Rebuild of projection alerts.v2 begun, to be compared with the live tables');
  });

  it('names the migrations that were applied', () => {
    const data = { principalId: ID, applied: ['20260101000000_a.sql', '20260102000000_b.sql'], known: 9 };
    expect(describeEvent({ type: 'ReadModelMigrated', data }).summary).toBe(
      '2 migrations of the read model applied: 20260101000000_a.sql, 20260102000000_b.sql',
    );
  });
});

describe('a batch', () => {
  const features = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`f${at}`, { values: Array.from({ length: 500 }, () => at) }]));
  const text = JSON.stringify({ deploymentId: ID, schemaVersion: 3, salt: 'c2FsdA==', base: 0, rows: 500, requests: [], features });

  it.each([true, false])('is counted from the first bytes of its body, deflated: %p', (deflated) => {
    expect(batchHead(aStoredBatch(text, deflated))).toEqual({ deploymentId: ID, rows: 500 });
  });

  it('whose body begins otherwise has an entry without a count', () => {
    expect(batchHead(aStoredBatch('{"features":{"rows":7}}', false))).toEqual({});
    expect(describeEvent({ type: 'PredictionBatchRecorded', data: {} }).summary).toBe('A batch of predictions recorded');
  });

  it('stay on one line and in one direction, whatever things are called', () => {
    const features = [{ name: 'a\n\u001b[31mb\u202ec', kind: 'number' }];
    const event = { ...recordedAs('FeatureSchemaExtended'), data: { deploymentId: ID, schemaVersion: 1, features, widened: [] } };
    const summary = entryRow(event)[AUDIT_COLUMNS.indexOf('summary')];
    expect(summary).toBe('1 feature inferred: a [31mb c');
  });
});
