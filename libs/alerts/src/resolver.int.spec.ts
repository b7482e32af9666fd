import { globalId } from '#libs/graphql-kit';
import { idOfName, instant, uuid } from '#libs/kernel';
import { ANN, annsMeta, GraphqlApp } from '../../../test/support/graphql-app.js';
import { type GraphqlClient } from '../../../test/support/graphql-client.js';
import { type AlertCommand, JudgeMeasurement } from './commands.js';
import { alertDecider } from './decider.js';
import { ALERT_EVENTS, alertIdOf, alertStream, episodeIdOf } from './events.js';
import { AlertsFeed } from './feed.js';
import { AlertsGraphqlModule } from './graphql.module.js';
import { type Verdict } from './judgement.js';
import { alertsProjection } from './projection.js';
import { AlertsWriteModule } from './write.module.js';

const DAY = 86_400_000;
const NOW = instant(100 * DAY);
const monitorId = idOfName('monitor', 'flights-daily');
const deploymentId = idOfName('deployment', 'flights');
const idOf = (subject: string, episode = 1) => globalId('Alert', episodeIdOf(alertIdOf(monitorId, subject), episode));

const RESULT =
  '{ __typename ... on Refusal { code } ... on AlertPayload { position alert { id status acknowledgedBy silencedUntil silenceReason clearedBy } } }';

describe('alerts in GraphQL', () => {
  let app: GraphqlApp;
  let client: GraphqlClient;

  const judge = async (subject: string, day: number, verdict: Verdict, score = 0.2): Promise<void> => {
    const command: AlertCommand = new JudgeMeasurement(
      {
        alertId: alertIdOf(monitorId, subject),
        monitorId,
        monitor: 'flights-daily',
        deploymentId,
        deployment: 'flights',
        subject,
        policy: { k: 1, n: 1, m: 2 },
        judgement: {
          window: { from: day * DAY, until: (day + 1) * DAY },
          verdict,
          evidence: {
            measurement: { eventId: idOfName('measurement', `${subject} ${day}`), position: '7', revision: 1 },
            method: 'jensen_shannon',
            score,
            limit: 0.1,
            gates: [{ gate: 'materiality', value: score, limit: 0.1, passed: verdict === 'breach', applied: true }],
            scores: [{ method: 'psi', value: 0.07 }],
            moved: [{ kind: 'word', bin: 'LGA', referenceShare: 0.05, currentShare: 0.01, contribution: 0.02 }],
            direction: 'reshaped',
            reference: { kind: 'same_weekday', id: idOfName('reference', 'a'), digest: 'cd' },
            rows: 1_000,
          },
        },
        at: instant((day + 1) * DAY),
      },
      annsMeta(),
    );
    await app.run({ decider: alertDecider, stream: alertStream(command.data.alertId), command });
  };

  beforeAll(async () => {
    app = await GraphqlApp.start({
      schemas: ['alerts'],
      events: ALERT_EVENTS,
      imports: [AlertsWriteModule, AlertsGraphqlModule],
      now: NOW,
    });
    client = app.client;
    await app.follow(alertsProjection, app.nest.get(AlertsFeed, { strict: false }).changed);
  });
  afterAll(() => app.stop());

  it('lists alerts with the evidence that raised them', async () => {
    await judge('feature:origin', 1, 'breach');
    const answer = await client.ask(`{ alerts(first: 10, filter: { subject: "feature:origin" }) { nodes {
      id deployment monitor subject episode status severity raisedAt policy { k n m }
      viewerCanAcknowledge viewerCanSilence viewerCanEndSilence viewerCanClear
      decisive { window { from } verdict evidence { method score limit timesLimit gates { gate passed } moved { kind bin } measurementPosition } }
      breachedWindows { until } } pageInfo { hasNextPage } } }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({
      alerts: {
        nodes: [
          {
            id: idOf('feature:origin'),
            deployment: 'flights',
            monitor: 'flights-daily',
            status: 'RAISED',
            severity: 'MEDIUM',
            ...{ viewerCanAcknowledge: true, viewerCanSilence: true, viewerCanEndSilence: true, viewerCanClear: true },
            policy: { k: 1, n: 1, m: 2 },
            decisive: {
              window: { from: '1970-01-02T00:00:00.000Z' },
              verdict: 'BREACH',
              evidence: { score: 0.2, limit: 0.1, timesLimit: 2, moved: [{ kind: 'WORD', bin: 'LGA' }], measurementPosition: '7' },
            },
            breachedWindows: [{ until: '1970-01-03T00:00:00.000Z' }],
          },
        ],
        pageInfo: { hasNextPage: false },
      },
    });
  });

  it('finds an alert by its global id and tells its history, newest first', async () => {
    await judge('feature:hour', 1, 'breach');
    await judge('feature:hour', 2, 'calm', 0.01);
    const answer = await client.ask(
      `query($id: ID!) { node(id: $id) { ... on Alert { subject latest { verdict } history(first: 1) { nodes { kind judgement { verdict } } pageInfo { hasNextPage } } } } }`,
      { id: idOf('feature:hour') },
    );
    expect(answer.data).toEqual({
      node: {
        subject: 'feature:hour',
        latest: { verdict: 'CALM' },
        history: { nodes: [{ kind: 'COUNTED', judgement: { verdict: 'CALM' } }], pageInfo: { hasNextPage: true } },
      },
    });
  });

  it('reads its own write: a payload shows the alert after the command', async () => {
    await judge('volume', 1, 'breach');
    const acknowledged = await client.ask(`mutation($id: ID!) { acknowledgeAlert(input: { alert: $id, note: "on it" }) ${RESULT} }`, {
      id: idOf('volume'),
    });
    expect(acknowledged.data).toMatchObject({
      acknowledgeAlert: { alert: { id: idOf('volume'), status: 'ACKNOWLEDGED', acknowledgedBy: ANN } },
    });
    const until = '1970-05-01T00:00:00.000Z';
    const silenced = await client.ask(
      `mutation($id: ID!, $until: DateTime!) { silenceAlert(input: { alert: $id, until: $until, reason: "storm" }) ${RESULT} }`,
      { id: idOf('volume'), until },
    );
    expect(silenced.data).toMatchObject({ silenceAlert: { alert: { silencedUntil: until, silenceReason: 'storm' } } });
    const ended = await client.ask(`mutation($id: ID!) { endAlertSilence(input: { alert: $id, reason: "over" }) ${RESULT} }`, {
      id: idOf('volume'),
    });
    expect(ended.data).toMatchObject({ endAlertSilence: { alert: { silencedUntil: null, silenceReason: null } } });
    const cleared = await client.ask(`mutation($id: ID!) { clearAlert(input: { alert: $id, reason: "known" }) ${RESULT} }`, {
      id: idOf('volume'),
    });
    expect(cleared.data).toMatchObject({ clearAlert: { alert: { status: 'CLEARED', clearedBy: ANN } } });
  });

  it.each([
    ['acknowledgeAlert(input: { alert: $id })', 'AlertAlreadyAcknowledged', 'ALREADY_ACKNOWLEDGED'],
    ['silenceAlert(input: { alert: $id, until: "1970-01-02T00:00:00Z", reason: "x" })', 'AlertSilenceRefused', 'SILENCE_ENDS_IN_PAST'],
    ['silenceAlert(input: { alert: $id, until: "1971-01-02T00:00:00Z", reason: "x" })', 'AlertSilenceRefused', 'SILENCE_TOO_LONG'],
    ['endAlertSilence(input: { alert: $id, reason: "x" })', 'AlertSilenceRefused', 'NOT_SILENCED'],
    ['clearAlert(input: { alert: $id, reason: " " })', 'AlertReasonRequired', 'REASON_REQUIRED'],
  ])('answers %s with the refusal %s', async (mutation, type, code) => {
    await judge('output:class', 1, 'breach');
    await client.ask('mutation($id: ID!) { acknowledgeAlert(input: { alert: $id }) { __typename } }', { id: idOf('output:class') });
    const answer = await client.ask(`mutation($id: ID!) { result: ${mutation} ${RESULT} }`, { id: idOf('output:class') });
    expect(answer.data).toEqual({ result: { __typename: type, code } });
  });

  it('refuses a command about an alert that does not exist, and has the refusal recorded', async () => {
    const answer = await client.ask(`mutation($id: ID!) { clearAlert(input: { alert: $id, reason: "x" }) ${RESULT} }`, {
      id: globalId('Alert', uuid('00000000-0000-4000-8000-000000000009')),
    });
    expect(answer.data).toEqual({ clearAlert: { __typename: 'NoSuchAlert', code: 'NO_SUCH_ALERT' } });
    expect(app.refusals).toContain('ClearAlert NO_SUCH_ALERT');
  });

  it('follows changes in log order from a position on, filtered, each with its alert', async () => {
    await judge('feature:distance', 1, 'breach', 0.5);
    type Change = { alertChanged: { position: string; change: { kind: string }; alert: { id: string; status: string; severity: string } } };
    const feed = client.follow<Change>(
      `subscription { alertChanged(after: "0", filter: { subject: "feature:distance", severityMin: HIGH }) {
        position change { kind } alert { id status severity } } }`,
    );
    await feed.count(1);
    await judge('feature:destination', 2, 'breach');
    await judge('feature:distance', 2, 'calm', 0.01);
    await judge('feature:distance', 3, 'calm', 0.01);
    const changes = await feed.count(3);
    expect(changes.map(({ alertChanged }) => alertChanged.change.kind)).toEqual(['RAISED', 'COUNTED', 'CLEARED']);
    expect(changes[2]?.alertChanged.alert).toEqual({ id: idOf('feature:distance'), status: 'CLEARED', severity: 'HIGH' });
    await feed.stop();
  });
});
