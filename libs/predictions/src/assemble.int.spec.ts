import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeFeatureType, DeclareFeatures, deploymentIdOf, RegisterDeployment } from '#libs/deployments';
import { bodyOf, type StoredEvent } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { IntakeWorld, producerMeta } from '../../../test/support/intake-world.js';
import { type PredictionBatch } from './batch.js';

const textOf = (stored: StoredEvent): string => Buffer.from(bodyOf(stored)).toString('utf8');
const SECRET = 'ada@example.org';
const deploymentId = deploymentIdOf(IntakeWorld.deployment);

describe('a batch of predictions', () => {
  let directory: string;
  let world: IntakeWorld;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'assemble-'));
    world = await IntakeWorld.open({ store: new InMemoryEventStore(), directory });
    const register = { deploymentId, name: IntakeWorld.deployment, strict: false, onFirstPost: false };
    await world.commands.execute(new RegisterDeployment(register, producerMeta()));
  });
  afterEach(async () => {
    await world.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const declare = (features: ConstructorParameters<typeof DeclareFeatures>[0]['features']): Promise<unknown> =>
    world.commands.execute(new DeclareFeatures({ deploymentId, features }, producerMeta()));
  const batches = async (): Promise<readonly PredictionBatch[]> =>
    (await world.log()).flatMap((event) => (event.type === 'PredictionBatchRecorded' ? [event.data] : []));
  const everything = async (): Promise<string> => JSON.stringify([await batches(), (await world.stored('deployment')).map(textOf)]);

  it('writes nothing personal in clear, wherever the producer put it', async () => {
    await declare([
      { name: 'email', kind: 'category', personal: 'hash' },
      { name: 'income', kind: 'number', personal: 'encrypt' },
      { name: 'address', kind: 'category', personal: 'drop' },
      { name: 'face', kind: 'vector', length: 2, personal: 'encrypt' },
      { name: 'person', kind: 'category', personal: 'hash' },
    ]);
    const record = {
      subject: SECRET,
      email: SECRET,
      features: { email: SECRET, income: 52_017, address: SECRET, face: [0.123_456, 0.654_321], person: { mail: SECRET, zip: null } },
    };
    const answer = await world.predict([record, { ...record, email: undefined, features: { ...record.features, income: null } }], {
      key: 'k',
    });
    expect(answer.marks.map(({ code }) => code)).toEqual(['PERSONAL_DROPPED']);
    const text = await everything();
    for (const clear of ['ada', '52017', '52_017', '123456', '654321']) expect(text).not.toContain(clear);
    const [batch] = await batches();
    expect(batch?.features['email']).toMatchObject({ kind: 'category', codes: [0, 0] });
    expect(batch?.features['income']).toMatchObject({ kind: 'sealed', values: [expect.any(String), null] });
    expect(batch?.features['face']).toMatchObject({ kind: 'sealed', values: [expect.any(String), expect.any(String)] });
    expect(batch?.features['person.mail']).toMatchObject({ kind: 'category', codes: [0, 0] });
    expect(Object.keys(batch?.features ?? {})).not.toContain('address');
  });

  it.each<[string, object]>([
    ['inputs', { inputs: { email: SECRET } }],
    ['features.people', { features: { people: [{ email: SECRET }] } }],
    ['features.note', { features: { note: [[{ email: SECRET }]] } }],
    ['segments.email', { segments: { email: SECRET, region: 'north' } }],
    ['output.email', { output: { email: SECRET, score: 0.5 } }],
    ['class', { class: { email: SECRET } }],
    ['decision', { decision: { email: SECRET } }],
  ])('keeps nothing personal that came to the wrong place, %s, and says so', async (field, record) => {
    await declare([
      { name: 'email', kind: 'category', personal: 'hash' },
      { name: 'note', kind: 'category' },
    ]);
    const answer = await world.predict([record]);
    expect(answer).toMatchObject({ accepted: 1, marks: [{ field, code: 'PERSONAL_DROPPED' }] });
    expect(await everything()).not.toContain('ada');
  });

  it('keeps treating as personal what has changed its type', async () => {
    await declare([
      { name: 'email', kind: 'category', personal: 'hash' },
      { name: 'face', kind: 'category', personal: 'encrypt' },
    ]);
    const change = (feature: string, to: 'number' | 'vector', length?: number): Promise<unknown> => {
      const data = { deploymentId, feature, to, ...(length !== undefined && { length }) };
      return world.commands.execute(new ChangeFeatureType(data, { ...producerMeta(), reason: 'another encoder' }));
    };
    await change('email', 'number');
    await change('face', 'vector', 3);
    await world.predict([{ subject: SECRET, features: { email: SECRET, face: [0.123_456, 0.654_321, 1] } }]);
    const text = await everything();
    for (const clear of ['ada', '123456', '654321']) expect(text).not.toContain(clear);
  });

  it('stores vectors of the length their type was changed to, and marks others', async () => {
    await declare([{ name: 'text', kind: 'category' }]);
    const data = { deploymentId, feature: 'text', to: 'vector' as const, length: 3 };
    await world.commands.execute(new ChangeFeatureType(data, { ...producerMeta(), reason: 'an encoder' }));
    const answer = await world.predict([{ features: { text: [1, 2, 3] } }, { features: { text: [1] } }, { features: { text: 'word' } }]);
    expect(answer).toMatchObject({ accepted: 3, marked: 2 });
    expect((await batches())[0]?.features['text']).toMatchObject({ values: [[1, 2, 3], null, null], mistyped: { 1: [1], 2: 'word' } });
  });

  it('encrypts nothing for which there is no subject, and says so', async () => {
    await declare([{ name: 'income', kind: 'number', personal: 'encrypt' }]);
    const answer = await world.predict([{ features: { income: 52_017 } }]);
    expect(answer).toMatchObject({ accepted: 1, marks: [{ field: 'features.income', code: 'NO_SUBJECT' }] });
    expect(await everything()).not.toContain('52017');
  });

  it('keeps what fits no type as it was sent, and reports it', async () => {
    await declare([{ name: 'age', kind: 'integer' }]);
    const answer = await world.predict([
      {
        features: { age: 'forty', empty: [], mixed: [1, 'a'] },
        score: '0.7',
        probabilities: 'high',
        decision: 7,
        latencyMs: '12ms',
        note: { a: 1 },
        id: 'a',
        predictionId: 'b',
      },
      { features: { age: 41.5, empty: null }, output: { score: 0.5, why: 'because' } },
      { features: { age: 41 }, decision: { action: 'refuse', by: 'rule 7' }, error: { code: 7 } },
    ]);
    expect(answer).toMatchObject({ accepted: 3, marked: 3, refusedCount: 0 });
    const [batch] = await batches();
    expect(batch?.features['age']).toMatchObject({ values: [null, null, 41], mistyped: { 0: 'forty', 1: 41.5 } });
    expect(batch?.columns.score).toMatchObject({ values: [null, 0.5, null], mistyped: { 0: '0.7' } });
    expect(batch?.columns.unread).toEqual({
      0: {
        predictionId: 'b',
        probabilities: 'high',
        decision: 7,
        latencyMs: '12ms',
        note: { a: 1 },
        'features.empty': [],
        'features.mixed': [1, 'a'],
      },
      1: { 'output.why': 'because' },
      2: { 'decision.by': 'rule 7', error: { code: 7 } },
    });
  });

  it('gives words beyond the limit a bucket among the others', async () => {
    const words = Array.from({ length: 1_200 }, (_, index) => ({ features: { city: `city ${index}` } }));
    await world.predict(words);
    await world.predict(words);
    const column = (await batches()).at(-1)?.features['city'];
    expect(column?.kind).toBe('category');
    const buckets = (await batches()).flatMap(({ features: { city } }) => (city?.kind === 'category' ? city.buckets : []));
    expect(new Set(buckets.filter((bucket) => bucket < 1_000)).size).toBe(1_000);
    expect(buckets.filter((bucket) => bucket >= 1_000)).toHaveLength(400);
    const observed = (await world.stored('deployment')).filter(({ type }) => type === 'CategoriesObserved');
    expect(observed.map(textOf).at(-1)).toContain('"full":true');
  });

  it('counts by the declared grid from the first record, and by an observed one from the thousandth', async () => {
    await declare([{ name: 'declared', kind: 'number', grid: { centre: 10, unit: 0.5 } }]);
    const rows = Array.from({ length: 600 }, (_, index) => ({ features: { declared: index, seen: index } }));
    await world.predict(rows);
    await world.predict(rows);
    const grids = (await batches()).map(({ features }) =>
      Object.values(features).map((column) => (column.kind === 'number' ? column.grid : undefined)),
    );
    expect(grids).toEqual([
      [[10, 0.5], undefined],
      [
        [10, 0.5],
        [expect.any(Number), expect.any(Number)],
      ],
    ]);
  });

  it('learns the words and grids of a wide record in few appends', async () => {
    const features = (row: number): object =>
      Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, index % 2 === 0 ? `word ${index}` : row]));
    await world.predict(Array.from({ length: 1_000 }, (_, row) => ({ features: features(row) })));
    const learnt = await world.stored('deployment');
    const number = (type: string): number => learnt.filter((event) => event.type === type).length;
    expect([number('CategoriesObserved'), number('FeatureGridSet')]).toEqual([300, 300]);
    expect(new Set(learnt.map(({ metadata }) => metadata.commandId)).size).toBeLessThan(30);
  });

  it('learns a feature once, also when two batches of one request teach it', async () => {
    await world.predict(Array.from({ length: 2_500 }, (_, index) => ({ features: { x: index, word: `w${Math.floor(index / 900)}` } })));
    const types = (await world.stored('deployment')).map(({ type }) => type);
    expect(types.filter((type) => type === 'FeatureSchemaExtended')).toHaveLength(1);
    expect(types.filter((type) => type === 'CategoriesObserved')).toHaveLength(3);
    const versions = (await batches()).map(({ schemaVersion }) => schemaVersion);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });
});
