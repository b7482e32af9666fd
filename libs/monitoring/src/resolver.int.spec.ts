import { DEPLOYMENT_EVENTS, deploymentIdOf, DeploymentsWriteModule } from '#libs/deployments';
import { DeploymentsGraphqlModule } from '#libs/deployments/graphql';
import { type EventOf } from '#libs/event-store';
import { globalId } from '#libs/graphql-kit';
import { idOfName, instant } from '#libs/kernel';
import { methodById, type MethodId, METHOD_IDS, METHODS } from '#libs/statistics';
import { annsMeta, GraphqlApp } from '../../../test/support/graphql-app.js';
import { type GraphqlClient } from '../../../test/support/graphql-client.js';
import { CountLateArrivals, RecordMeasurement, SettleMeasurements } from './commands.js';
import { DEFAULT_JUDGEMENT, defaultDefinition } from './defaults.js';
import { MonitorDefinition } from './definition.js';
import { type MeasurementRecorded, MONITORING_EVENTS } from './events.js';
import { MonitoringFeed } from './feed.js';
import { MonitoringGraphqlModule } from './graphql.module.js';
import { measurementsStream, monitorIdOf } from './ids.js';
import { measurementsDecider } from './measurements-decider.js';
import { monitoringProjection } from './projection.js';
import { MonitoringWriteModule } from './write.module.js';

const DAY = 86_400_000;
const monitorId = monitorIdOf('flights');
const monitor = globalId('Monitor', monitorId);

type Measured = EventOf<typeof MeasurementRecorded>['data'];

const aMeasurement = (overrides: Partial<Measured>): Measured => ({
  monitorId,
  monitor: 'flights',
  deploymentId: deploymentIdOf('flights'),
  deployment: 'flights',
  definitionVersion: 1,
  kind: 'drift',
  window: { from: 10 * DAY, until: 11 * DAY },
  selection: {},
  revision: 1,
  reason: 'first',
  judged: true,
  alerting: { k: 1, n: 1, m: 3 },
  asOf: { position: '7', watermark: 11 * DAY, recordedAt: 11 * DAY },
  part: { index: 0, of: 1 },
  methods: [{ id: 'jensen_shannon', version: 1 }],
  rule: DEFAULT_JUDGEMENT,
  subjectsJudged: 1,
  reference: {
    kind: 'same_weekday',
    id: idOfName('reference', 'a'),
    digest: 'ab',
    windows: [{ from: 3 * DAY, until: 4 * DAY, rows: 1000 }],
    rows: 1000,
    blindTo: '',
  },
  rows: 1000,
  evidence: { positionFrom: '1', positionTo: '7', mode: 'buckets', sha256: 'cd' },
  engine: { driftledger: '0.1.0', v8: 'test', tz: 'test' },
  subjects: [
    {
      subject: 'feature:city',
      form: 'categorical',
      mode: 'buckets',
      reference: { rows: 1000, counted: 1000 },
      current: { rows: 1000, counted: 1000 },
      scores: [{ method: 'jensen_shannon', version: 1, score: 0.2, parameters: { bins: 2 } }],
      judgement: {
        method: 'jensen_shannon',
        score: 0.2,
        breach: true,
        gates: (['significance', 'own_variation', 'materiality'] as const).map((gate) => ({
          ...{ gate, value: 0.2, limit: 0.05, passed: true, applied: true },
          parameters: {},
        })),
      },
      direction: 'reshaped',
      contributions: [{ bin: { kind: 'word', word: 'paris' }, reference: 0.5, current: 0.2, contribution: 0.02 }],
      sha256: 'ef',
    },
    {
      subject: 'volume',
      form: 'volume',
      mode: 'buckets',
      reference: { rows: 1000, counted: 1000 },
      current: { rows: 1000, counted: 1000 },
      scores: [{ method: 'rows', version: 1, score: 1000, parameters: {} }],
      direction: 'same',
      contributions: [],
      sha256: '01',
    },
  ],
  ...overrides,
});

const refOf = (id: MethodId) => ({ id, version: methodById(id).version });
const fullOf = (data: unknown): unknown => Object(data).reviseMonitor.monitor.definition.full;

const RESULT = `{ __typename ... on Refusal { code message } ... on MonitorPayload { position monitor { id name status definitionVersion
  definition { timeZone windowMinutes alerting { k n m } } } } }`;

describe('monitors in GraphQL', () => {
  let app: GraphqlApp;
  let client: GraphqlClient;

  const record = async (measurement: ReturnType<typeof aMeasurement>): Promise<void> => {
    const command = new RecordMeasurement({ monitorId, parts: [measurement] }, annsMeta());
    await app.run({ decider: measurementsDecider, stream: measurementsStream(monitorId), command });
  };

  beforeAll(async () => {
    app = await GraphqlApp.start({
      schemas: ['deployments', 'monitoring'],
      events: [...DEPLOYMENT_EVENTS, ...MONITORING_EVENTS],
      imports: [MonitoringWriteModule, MonitoringGraphqlModule, DeploymentsWriteModule, DeploymentsGraphqlModule],
      now: instant(100 * DAY),
    });
    client = app.client;
    await app.follow(monitoringProjection, app.nest.get(MonitoringFeed, { strict: false }).changed);
    await client.ask('mutation { registerDeployment(input: { name: "flights" }) { __typename } }');
    await client.ask('mutation { createMonitor(input: { deployment: "flights" }) { __typename } }');
  });
  afterAll(() => app.stop());

  it('previews the whole default before a monitor is made, and nothing for an unknown deployment', async () => {
    const answer = await client.ask(`{ previewMonitor(deployment: "flights") { predictionsPerDay definition { words full windowMinutes } }
      unknown: previewMonitor(deployment: "nowhere") { predictionsPerDay } }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({
      previewMonitor: { predictionsPerDay: 0, definition: { windowMinutes: 1440, full: { rowsMin: 200 } } },
      unknown: null,
    });
    expect(JSON.stringify(answer.data)).toContain('the same weekday of the previous 4 weeks');
  });

  it('previews a definition as it would be recorded, and says what would be refused', async () => {
    const preview = (definition: string) =>
      client.ask(
        `{ previewMonitor(deployment: "flights", definition: ${definition}) { definition { windowMinutes alerting { k n } words } } }`,
      );
    const hourly = await preview('{ windowMinutes: 60, judges: { numeric: MANN_WHITNEY } }');
    expect(hourly.data).toMatchObject({ previewMonitor: { definition: { windowMinutes: 60, alerting: { k: 3, n: 5 } } } });
    expect(JSON.stringify(hourly.data)).toContain('mann_whitney judges numbers');
    const refused = await preview('{ references: [{ kind: SAME_WEEKDAY, weeks: 2, weeksMin: 3 }] }');
    expect(JSON.stringify(refused.errors)).toContain('definition.references.0.weeksMin: cannot be more than weeks');
  });

  it('makes a monitor from nothing but the name of a deployment, and repeats itself without harm', async () => {
    const answer = await client.ask(`mutation { createMonitor(input: { deployment: "flights" }) ${RESULT} }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({
      createMonitor: {
        __typename: 'MonitorPayload',
        monitor: { id: monitor, name: 'flights', status: 'ACTIVE', definition: { windowMinutes: 1440, alerting: { k: 1, n: 1, m: 3 } } },
      },
    });
  });

  it('gives shorter windows the alerting that fits them, and refuses what cannot be', async () => {
    const answer = await client.ask(`mutation {
      hourly: createMonitor(input: { deployment: "flights", name: "flights-hourly", definition: { windowMinutes: 60 } }) ${RESULT}
      taken: createMonitor(input: { deployment: "flights", timeZone: "Europe/Berlin" }) ${RESULT}
      nowhere: createMonitor(input: { deployment: "nowhere" }) ${RESULT}
      badName: createMonitor(input: { deployment: "flights", name: "Bad Name" }) ${RESULT}
      badWindow: createMonitor(input: { deployment: "flights", name: "x", definition: { windowMinutes: 7 } }) ${RESULT}
      badZone: createMonitor(input: { deployment: "flights", name: "x", timeZone: "Mars/Base" }) ${RESULT} }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({
      hourly: { monitor: { definition: { alerting: { k: 3, n: 5, m: 3 } } } },
      taken: { __typename: 'MonitorExists' },
      nowhere: { __typename: 'NoSuchDeployment', code: 'NO_SUCH_DEPLOYMENT' },
      badName: { __typename: 'MonitorRefused', code: 'NAME_INVALID' },
      badWindow: { __typename: 'MonitorRefused', code: 'DEFINITION_INVALID' },
      badZone: { __typename: 'MonitorRefused', code: 'DEFINITION_INVALID' },
    });
  });

  it('offers the methods of the library as an enum, value by value with what each means', async () => {
    const answer = await client.ask('{ __type(name: "DriftMethod") { enumValues { name description } } }');
    const enumValues = METHODS.map(({ id, meaning }) => ({ name: id.toUpperCase(), description: meaning }));
    expect(answer.data).toEqual({ __type: { enumValues } });
    expect(enumValues).toHaveLength(METHOD_IDS.length);
  });

  it('makes a monitor with methods, parameters and limits that are named, and shows them as they were asked for', async () => {
    const answer = await client.ask(`mutation { createMonitor(input: { deployment: "flights", name: "flights-methods", definition: {
        references: [{ kind: SAME_WEEKDAY, weeks: 8, weeksMin: 3 }, { kind: FROZEN, from: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z" }]
        selection: { version: "3", segments: [{ name: "region", value: "north" }] }
        subjects: ["feature:delay"]
        judges: { numeric: MANN_WHITNEY }
        shown: { numeric: [{ method: MMD, parameters: { valuesMax: 100 } }, { method: JENSEN_SHANNON, parameters: { base: TWO, zero: "add:1" } }] }
        judgement: { margins: { psi: 0.1 } }
        performance: { positiveClass: "late" }
        restatement: null
      } }) { ... on MonitorPayload { monitor { id definition { full
        judges { numeric { method version parameters { zero } } categorical { method } }
        shown { numeric { method parameters { zero base valuesMax } } categorical { method } } } } } } }`);
    expect(answer.errors).toEqual([]);
    const usual = { zero: null, base: null, valuesMax: null };
    const { references: _, ...unchanged } = defaultDefinition({ predictionsPerDay: 0 });
    const frozen = { kind: 'frozen', from: Date.parse('2026-01-01'), until: Date.parse('2026-02-01') };
    expect(answer.data).toMatchObject({
      createMonitor: {
        monitor: {
          definition: {
            full: {
              ...unchanged,
              references: [{ kind: 'same_weekday', weeks: 8, weeksMin: 3 }, frozen],
              selection: { version: '3', segments: { region: 'north' } },
              subjects: ['feature:delay'],
              judges: { ...unchanged.judges, numeric: refOf('mann_whitney') },
              shown: {
                ...unchanged.shown,
                numeric: [
                  { ...refOf('mmd'), parameters: { valuesMax: 100 } },
                  { ...refOf('jensen_shannon'), parameters: { base: '2', zero: 'add:1' } },
                ],
              },
              judgement: { ...DEFAULT_JUDGEMENT, margins: { ...DEFAULT_JUDGEMENT.margins, psi: 0.1 } },
              performance: { ...unchanged.performance, positiveClass: 'late' },
            },
            judges: {
              numeric: { method: 'MANN_WHITNEY', version: 1, parameters: { zero: null } },
              categorical: { method: 'JENSEN_SHANNON' },
            },
            shown: {
              numeric: [
                { method: 'MMD', parameters: { ...usual, valuesMax: 100 } },
                { method: 'JENSEN_SHANNON', parameters: { ...usual, base: 'TWO', zero: 'add:1' } },
              ],
              categorical: [{ method: 'PSI' }, { method: 'CHI_SQUARE' }],
            },
          },
        },
      },
    });
    const id = globalId('Monitor', monitorIdOf('flights-methods'));
    const revised = await client.ask(
      `mutation($id: ID!) { reviseMonitor(input: { monitor: $id, reason: "all of it", definition: { subjects: [], selection: {},
        performance: { positiveClass: "" } } }) { ... on MonitorPayload { monitor { definition { full } } } } }`,
      { id },
    );
    const { subjects, selection, performance } = MonitorDefinition.parse(fullOf(revised.data));
    expect({ subjects, selection, performance }).toEqual({ selection: {}, performance: unchanged.performance });
  });

  it('refuses a method where it cannot be, naming the field and what may stand there', async () => {
    const attempt = (field: string, definition: string) =>
      `${field}: createMonitor(input: { deployment: "flights", name: "x", definition: ${definition} }) ${RESULT}`;
    const answer = await client.ask(`mutation {
      ${attempt('kind', '{ shown: { categorical: [{ method: PSI }, { method: KUIPER }] } }')}
      ${attempt('twice', '{ shown: { numeric: [{ method: PSI }, { method: PSI }] } }')}
      ${attempt('foreign', '{ shown: { numeric: [{ method: KUIPER, parameters: { zero: "none" } }] } }')}
      ${attempt('misread', '{ shown: { numeric: [{ method: PSI, parameters: { zero: "half" } }] } }')}
      ${attempt('judge', '{ judges: { numeric: WASSERSTEIN } }')} }`);
    const messageOf = (field: string): unknown => Reflect.get(Object(answer.data?.[field]), 'message');
    expect(messageOf('kind')).toMatch(
      /^definition\.shown\.categorical\.1\.id: kuiper does not measure categorical features; choose among psi, /,
    );
    expect(messageOf('twice')).toBe('definition.shown.numeric.1.id: psi is named twice');
    expect(messageOf('foreign')).toBe('definition.shown.numeric.0.parameters.zero: kuiper takes no parameters');
    expect(messageOf('misread')).toMatch(/^definition\.shown\.numeric\.0\.parameters\.zero: an empty bin is treated by add:/);
    expect(messageOf('judge')).toMatch(
      /^definition\.judges\.numeric\.id: wasserstein has no p-value .* jensen_shannon, psi, kolmogorov_smirnov/,
    );
    const unknown = await client.ask(
      'mutation { createMonitor(input: { deployment: "flights", definition: { judges: { numeric: PSY } } }) { __typename } }',
    );
    expect(JSON.stringify(unknown.errors)).toContain('does not exist in \\"DriftMethod\\" enum');
  });

  it('revises, pauses and resumes, each with a reason where one is needed', async () => {
    const answer = await client.ask(
      `mutation($id: ID!) {
        silent: reviseMonitor(input: { monitor: $id, definition: { rowsMin: 300 }, reason: "" }) ${RESULT}
        revised: reviseMonitor(input: { monitor: $id, definition: { rowsMin: 300 }, reason: "small days" }) ${RESULT}
        paused: pauseMonitor(input: { monitor: $id, reason: "holidays" }) ${RESULT}
        resumed: resumeMonitor(input: { monitor: $id }) ${RESULT}
        restated: restateMeasurements(input: { monitor: $id }) ${RESULT} }`,
      { id: monitor },
    );
    expect(answer.data).toMatchObject({
      silent: { code: 'REASON_REQUIRED' },
      revised: { monitor: { definitionVersion: 2 } },
      paused: { monitor: { status: 'PAUSED' } },
      resumed: { monitor: { status: 'ACTIVE' } },
      restated: { __typename: 'MonitorPayload' },
    });
  });

  it('names what does not exist and has every refusal recorded', async () => {
    const before = app.refusals.length;
    const nobody = globalId('Monitor', monitorIdOf('nobody'));
    const answer = await client.ask(
      `mutation($nobody: ID!, $known: ID!) {
        nowhere: createMonitor(input: { deployment: "nowhere" }) ${RESULT}
        unfit: createMonitor(input: { deployment: "flights", name: "x", definition: { alerting: { k: 3, n: 2, m: 1 } } }) ${RESULT}
        revised: reviseMonitor(input: { monitor: $nobody, definition: { rowsMin: 300 }, reason: "x" }) ${RESULT}
        misread: reviseMonitor(input: { monitor: $known, definition: { rowsMin: -1 }, reason: "x" }) ${RESULT}
        paused: pauseMonitor(input: { monitor: $nobody, reason: "x" }) ${RESULT}
        resumed: resumeMonitor(input: { monitor: $nobody }) ${RESULT}
        restated: restateMeasurements(input: { monitor: $nobody }) ${RESULT} }`,
      { nobody, known: monitor },
    );
    expect(answer.errors).toEqual([]);
    const missing = { __typename: 'NoSuchMonitor', code: 'NO_SUCH_MONITOR' };
    expect(answer.data).toMatchObject({
      nowhere: { __typename: 'NoSuchDeployment', code: 'NO_SUCH_DEPLOYMENT' },
      unfit: { code: 'DEFINITION_INVALID' },
      misread: { code: 'DEFINITION_INVALID' },
      ...{ revised: missing, paused: missing, resumed: missing, restated: missing },
    });
    expect(app.refusals.slice(before)).toEqual([
      'CreateMonitor NO_SUCH_DEPLOYMENT',
      'CreateMonitor DEFINITION_INVALID',
      'ReviseMonitor NO_SUCH_MONITOR',
      'ReviseMonitor DEFINITION_INVALID',
      'PauseMonitor NO_SUCH_MONITOR',
      'ResumeMonitor NO_SUCH_MONITOR',
      'RestateMeasurements NO_SUCH_MONITOR',
    ]);
  });

  it('shows a series with verdicts, both distributions, what they rest on, and every revision', async () => {
    for (const day of [10, 11, 12]) await record(aMeasurement({ monitorId, window: { from: day * DAY, until: (day + 1) * DAY } }));
    await record(aMeasurement({ monitorId, window: { from: 12 * DAY, until: 13 * DAY }, revision: 2, reason: 'late_rows', judged: false }));
    const query = `query($id: ID!, $after: String) { measurements(monitor: $id, subject: "feature:city", first: 2, after: $after) {
      nodes { kind window { from } revision reason rows judgement { breach gates { gate passed limit } } scores { method score parameters }
        distribution { label reference current contribution } provenance { referenceKind referenceWindows { from } mode engine watermark }
        revisions { revision } monitor { name subjects } } pageInfo { hasNextPage endCursor } } }`;
    const first = await client.ask<{ measurements: { nodes: unknown[]; pageInfo: { endCursor: string } } }>(query, { id: monitor });
    expect(first.errors).toEqual([]);
    expect(first.data.measurements).toMatchObject({
      nodes: [
        {
          window: { from: '1970-01-13T00:00:00.000Z' },
          revision: 2,
          judgement: { breach: true, gates: [{ gate: 'significance' }, { gate: 'own_variation' }, { gate: 'materiality' }] },
          distribution: [{ label: 'paris', reference: 0.5, current: 0.2 }],
          provenance: { referenceKind: 'same_weekday', mode: 'buckets', engine: { v8: 'test' } },
          revisions: [{ revision: 1 }, { revision: 2 }],
          monitor: { name: 'flights', subjects: ['feature:city', 'volume'] },
        },
        { window: { from: '1970-01-12T00:00:00.000Z' }, revision: 1, kind: 'DRIFT' },
      ],
      pageInfo: { hasNextPage: true },
    });
    const rest = await client.ask(query, { id: monitor, after: first.data.measurements.pageInfo.endCursor });
    expect(rest.data).toMatchObject({
      measurements: { nodes: [{ window: { from: '1970-01-11T00:00:00.000Z' } }], pageInfo: { hasNextPage: false } },
    });
  });

  it('shows what came too late beside the measurement it is missing from, and summed for the monitor', async () => {
    const asOf = { position: '9', watermark: 14 * DAY, recordedAt: 14 * DAY };
    const send = (command: SettleMeasurements | CountLateArrivals) =>
      app.run({ decider: measurementsDecider, stream: measurementsStream(monitorId), command });
    const days = [10, 11].map((day) => ({ from: day * DAY, until: (day + 1) * DAY }));
    const settled = days.map((window) => ({ ...window, revision: 1, rows: 1000 }));
    await send(new SettleMeasurements({ monitorId, kind: 'drift', windows: settled, asOf }, annsMeta()));
    const late = days.map((window, i) => ({ ...window, late: i + 3 }));
    await send(new CountLateArrivals({ monitorId, kind: 'drift', windows: late, asOf }, annsMeta()));
    const read = () =>
      client.ask(
        `query($id: ID!) {
          measurements(monitor: $id, subject: "feature:city") { nodes { window { from } tooLate unjudged monitor { tooLate { windows rows labels } } } } }`,
        { id: monitor },
      );
    const node = (from: string, tooLate: number, all: object) => ({ window: { from }, tooLate, unjudged: null, monitor: { tooLate: all } });
    const all = { windows: 2, rows: 7, labels: 0 };
    expect(await read()).toMatchObject({ errors: [] });
    expect((await read()).data).toEqual({
      measurements: {
        nodes: [
          node('1970-01-13T00:00:00.000Z', 0, all),
          node('1970-01-12T00:00:00.000Z', 4, all),
          node('1970-01-11T00:00:00.000Z', 3, all),
        ],
      },
    });
    await record(aMeasurement({ monitorId, window: { from: 11 * DAY, until: 12 * DAY }, revision: 2, reason: 'requested', judged: false }));
    const rest = { windows: 1, rows: 3, labels: 0 };
    expect((await read()).data).toMatchObject({
      measurements: { nodes: [{}, { tooLate: 0, monitor: { tooLate: rest } }, { tooLate: 3 }] },
    });
  });

  it('says what a viewer may do with a monitor', async () => {
    const fields = ['Revise', 'Pause', 'Resume', 'Restate'].map((verb) => `viewerCan${verb}`);
    const answer = await client.ask(`{ monitors { nodes { ${fields.join(' ')} } } }`);
    expect(answer.data).toMatchObject({ monitors: { nodes: [Object.fromEntries(fields.map((field) => [field, true])), {}, {}] } });
  });

  it('feeds measurements in log order, filtered, and resumes after a position', async () => {
    const feed = client.follow<{ measurementRecorded: { subject: string; window: { from: string }; position: string } }>(
      `subscription { measurementRecorded(filter: { deployment: "flights", breach: true }, after: "0") { subject window { from } position } }`,
    );
    const [first] = await feed.count(5);
    await feed.stop();
    expect(feed.received.map(({ measurementRecorded: one }) => one.subject)).toEqual(Array.from({ length: 5 }, () => 'feature:city'));
    const rest = client.follow<{ measurementRecorded: { window: { from: string } } }>(
      `subscription($after: EventPosition) { measurementRecorded(filter: { subject: "volume" }, after: $after) { window { from } } }`,
      { after: first?.measurementRecorded.position },
    );
    await rest.count(3);
    await rest.stop();
    expect(rest.received[0]?.measurementRecorded.window.from).toBe('1970-01-12T00:00:00.000Z');
  });
});
