import fc from 'fast-check';
import { type CommandMeta, idOfName, instant, uuid } from '#libs/kernel';
import { specify } from '../../../test/support/specify.js';
import { AcknowledgeAlert, type AlertCommand, ClearAlert, EndSilence, JudgeMeasurement, SilenceAlert } from './commands.js';
import { alertDecider, SILENCE_MS_MAX } from './decider.js';
import {
  AlertAcknowledged,
  AlertCleared,
  type AlertEvent,
  AlertRaised,
  AlertSilenced,
  AlertSuspected,
  alertIdOf,
  JudgementCounted,
  RestatementAttached,
  SilenceEnded,
  SuspicionDropped,
} from './events.js';
import { type AlertPolicy, type Evidence, type Judgement, type Verdict } from './judgement.js';

const monitorId = idOfName('monitor', 'flights');
const deploymentId = idOfName('deployment', 'flights');
const subject = 'feature:origin';
const alertId = alertIdOf(monitorId, subject);
const about = (episode = 1) => ({ alertId, monitorId, monitor: 'flights', deploymentId, deployment: 'flights', subject, episode });
const meta: CommandMeta = {
  commandId: uuid('018f0000-0000-7000-8000-000000000001'),
  correlationId: uuid('018f0000-0000-7000-8000-000000000002'),
  causationId: uuid('018f0000-0000-7000-8000-000000000001'),
  actor: { principalId: idOfName('principal', 'ann'), kind: 'person', via: 'key 00' },
  source: { surface: 'graphql', addressClass: 'loopback' },
};

const DAY = 86_400_000;
const atOnce: AlertPolicy = { k: 1, n: 1, m: 3 };
const threeOfFive: AlertPolicy = { k: 3, n: 5, m: 2 };
const windowOf = (day: number) => ({ from: day * DAY, until: (day + 1) * DAY });

const evidence = (day: number, over: Partial<Evidence> = {}): Evidence => ({
  measurement: { eventId: idOfName('measurement', String(day)), position: String(day), revision: 1 },
  method: 'jensen_shannon',
  score: 0.12,
  limit: 0.1,
  gates: [{ gate: 'materiality', value: 0.12, limit: 0.1, passed: true, applied: true }],
  scores: [{ method: 'psi', value: 0.07 }],
  moved: [{ kind: 'word', bin: 'ATL', referenceShare: 0.05, currentShare: 0.01, contribution: 0.02 }],
  direction: 'reshaped',
  reference: { kind: 'same_weekday', id: idOfName('reference', 'a'), digest: 'ab' },
  rows: 1_000,
  ...over,
});
const judgement = (day: number, verdict: Verdict, over: Partial<Evidence> = {}): Judgement => ({
  window: windowOf(day),
  verdict,
  ...(verdict !== 'no_data' && { evidence: evidence(day, over) }),
});
const judge = (day: number, verdict: Verdict, policy = atOnce, over: Partial<Evidence> = {}): AlertCommand =>
  new JudgeMeasurement(
    {
      alertId,
      monitorId,
      monitor: 'flights',
      deploymentId,
      deployment: 'flights',
      subject,
      policy,
      judgement: judgement(day, verdict, over),
      at: instant((day + 1) * DAY),
    },
    meta,
  );
const restate = (day: number, verdict: Verdict, revision: number): AlertCommand =>
  new JudgeMeasurement(
    {
      alertId,
      monitorId,
      monitor: 'flights',
      deploymentId,
      deployment: 'flights',
      subject,
      policy: atOnce,
      judgement: judgement(day, verdict, { measurement: { eventId: idOfName('m', `${day}`), position: '99', revision } }),
      restatement: { why: 'late_rows' },
      at: instant((day + 2) * DAY),
    },
    meta,
  );

const breachAt = (day: number) => ({ window: windowOf(day), score: 0.12, measurementEventId: idOfName('measurement', String(day)) });
const raised = (day: number, policy = atOnce, days = [day], over: Record<string, unknown> = {}): AlertEvent =>
  AlertRaised.make({
    ...about(),
    policy,
    judgement: judgement(day, 'breach'),
    severity: 'low',
    breaches: days.map(breachAt),
    ...over,
  });
const suspected = (day: number, episode = 1): AlertEvent =>
  AlertSuspected.make({ ...about(episode), policy: threeOfFive, judgement: judgement(day, 'breach'), severity: 'low' });
const counted = (day: number, verdict: Verdict, policy = threeOfFive): AlertEvent =>
  JudgementCounted.make({
    ...about(),
    policy,
    judgement: judgement(day, verdict),
    ...(verdict === 'breach' && { severity: 'low' as const }),
  });
const cleared = (day: number): AlertEvent =>
  AlertCleared.make({ ...about(), by: 'calm', policy: atOnce, judgement: judgement(day, 'calm') });
const silenced = (until: number): AlertEvent => AlertSilenced.make({ ...about(), until, reason: 'storm' });

const { given } = specify(alertDecider);

describe('raising', () => {
  it('raises at once where one breach is enough, with the evidence and the policy', () => {
    given().when(judge(1, 'breach')).then(raised(1));
  });
  it('records nothing for calm judgements and missing data of a calm subject', () => {
    given().when(judge(1, 'calm')).thenNothing();
    given().when(judge(1, 'no_data')).thenNothing();
    given(raised(1), cleared(4)).when(judge(5, 'calm')).thenNothing();
    given(raised(1), cleared(4)).when(judge(5, 'no_data')).thenNothing();
  });
  it('suspects at the first breach where several are needed', () => {
    given()
      .when(judge(1, 'breach', threeOfFive))
      .then(suspected(1));
  });
  it('raises at k breaches among the last n, with all of them named', () => {
    given(suspected(1), counted(2, 'calm'), counted(3, 'breach'), counted(4, 'calm'))
      .when(judge(5, 'breach', threeOfFive))
      .then(raised(5, threeOfFive, [1, 3, 5]));
  });
  it('does not count a breach that left the last n', () => {
    given(suspected(1), counted(2, 'calm'), counted(3, 'calm'), counted(4, 'breach'), counted(5, 'calm'))
      .when(judge(6, 'breach', threeOfFive))
      .then(counted(6, 'breach'));
  });
  it('counts a window without data as neither: it takes a place and nothing more', () => {
    given(suspected(1), counted(2, 'no_data'), counted(3, 'breach'), counted(4, 'no_data'))
      .when(judge(5, 'breach', threeOfFive))
      .then(raised(5, threeOfFive, [1, 3, 5]));
    given(suspected(1), counted(2, 'no_data'))
      .when(judge(3, 'no_data', threeOfFive))
      .then(counted(3, 'no_data'));
  });
  it('drops a suspicion when no breach is left among the last n', () => {
    given(suspected(1), counted(2, 'calm'), counted(3, 'calm'), counted(4, 'calm'), counted(5, 'calm'))
      .when(judge(6, 'calm', threeOfFive))
      .then(SuspicionDropped.make({ ...about(), policy: threeOfFive, judgement: judgement(6, 'calm') }));
  });
  it('starts a new episode after the last one ended', () => {
    given(raised(1), cleared(4))
      .when(judge(9, 'breach', threeOfFive))
      .then(suspected(9, 2));
  });
  it('treats a k above n as n, so that an impossible policy is not a silent one', () => {
    given()
      .when(judge(1, 'breach', { k: 4, n: 1, m: 1 }))
      .then(raised(1, { k: 4, n: 1, m: 1 }));
  });
  it('drops nothing and raises nothing at a calm window when k was lowered to the breaches there are, and raises at the next breach', () => {
    const twoOfFive: AlertPolicy = { k: 2, n: 5, m: 2 };
    given(suspected(1), counted(2, 'breach'))
      .when(judge(3, 'calm', twoOfFive))
      .then(counted(3, 'calm', twoOfFive));
    given(suspected(1), counted(2, 'breach'), counted(3, 'calm', twoOfFive))
      .when(judge(4, 'breach', twoOfFive))
      .then(raised(4, twoOfFive, [1, 2, 4]));
  });
  const gates = (own: readonly [number, number], material: readonly [number, number]): Evidence['gates'] => [
    { gate: 'significance', value: 1e-9, limit: 0.01, passed: true, applied: true },
    { gate: 'own_variation', value: own[0], limit: own[1], passed: true, applied: true },
    { gate: 'materiality', value: material[0], limit: material[1], passed: true, applied: true },
  ];
  it.each([
    // A distance, and its excess over the baseline, as the demo's flights have them.
    ['a score of 0.14 over 0.1', 0.14, gates([0.14, 0.1], [0.13, 0.05]), 'low'],
    ['a score of 0.16 over 0.1', 0.16, gates([0.16, 0.1], [0.15, 0.05]), 'medium'],
    ['a score of 0.31 over 0.1', 0.31, gates([0.31, 0.1], [0.3, 0.05]), 'high'],
    ['a score far beyond what is usual whose excess is just material', 0.2, gates([0.2, 0.01], [0.051, 0.05]), 'low'],
    // Performance: the change for the worse is judged, whichever way the metric goes.
    ['a ROC AUC of 0.85 that fell by 0.06 where 0.05 matter', 0.85, gates([0.06, 0.05], [0.06, 0.05]), 'low'],
    ['a ROC AUC of 0.6 that fell by 0.3', 0.6, gates([0.3, 0.04], [0.3, 0.05]), 'high'],
    ['a Brier score of 0.3 that rose by 0.09', 0.3, gates([0.09, 0.01], [0.09, 0.05]), 'medium'],
    ['a mean absolute error of 12 that rose by 1.3 where a tenth of 11 matters', 12, gates([1.3, 0.4], [1.3, 1.1]), 'low'],
    ['a change where the reference did not vary at all', 0.7, gates([0.2, 0], [0.2, 0.05]), 'high'],
  ] as const)('gives %s the severity that follows from its narrowest gate', (_, score, beyond, severity) => {
    const over = { score, gates: beyond };
    given()
      .when(judge(1, 'breach', atOnce, over))
      .then(raised(1, atOnce, [1], { severity, judgement: judgement(1, 'breach', over), breaches: [{ ...breachAt(1), score }] }));
  });
});

describe('the order of windows', () => {
  it('ignores a window that was judged already, whatever it says now', () => {
    given(raised(3)).when(judge(3, 'calm')).thenNothing();
    given(raised(3)).when(judge(2, 'breach')).thenNothing();
    given(raised(3), cleared(6)).when(judge(5, 'breach')).thenNothing();
  });
});

describe('clearing', () => {
  it('clears after m calm judgements in a row', () => {
    given(raised(1), counted(2, 'calm', atOnce), counted(3, 'calm', atOnce))
      .when(judge(4, 'calm'))
      .then(AlertCleared.make({ ...about(), by: 'calm', policy: atOnce, judgement: judgement(4, 'calm') }));
  });
  it('starts counting again after a breach', () => {
    given(raised(1), counted(2, 'calm', atOnce), counted(3, 'calm', atOnce), counted(4, 'breach', atOnce))
      .when(judge(5, 'calm'))
      .then(counted(5, 'calm', atOnce));
  });
  it('keeps an alert raised while there is no data, without starting the count of calm windows again', () => {
    given(raised(1), counted(2, 'calm', atOnce), counted(3, 'no_data', atOnce), counted(4, 'calm', atOnce))
      .when(judge(5, 'calm'))
      .then(AlertCleared.make({ ...about(), by: 'calm', policy: atOnce, judgement: judgement(5, 'calm') }));
    given(raised(1))
      .when(judge(2, 'no_data'))
      .then(counted(2, 'no_data', atOnce));
  });
  it('by a person needs a reason and a raised alert', () => {
    const clear = (reason: string, episode = 1) => new ClearAlert({ alertId, episode, reason, at: instant(5 * DAY) }, meta);
    given(raised(1))
      .when(clear(' known storm '))
      .then(AlertCleared.make({ ...about(), by: 'command', reason: 'known storm' }));
    given(raised(1)).when(clear('  ')).thenRefused('REASON_REQUIRED');
    given(suspected(1)).when(clear('x')).thenRefused('NO_ALERT_RAISED');
    given(raised(1), cleared(4)).when(clear('x')).thenRefused('NO_ALERT_RAISED');
    given().when(clear('x')).thenRefused('NO_SUCH_ALERT');
  });
  it('of an episode that ended never touches the one raised since', () => {
    const second = AlertRaised.make({ ...about(2), policy: atOnce, judgement: judgement(9, 'breach'), severity: 'low', breaches: [] });
    given(raised(1), cleared(4), second)
      .when(new ClearAlert({ alertId, episode: 1, reason: 'x', at: instant(10 * DAY) }, meta))
      .thenRefused('NO_ALERT_RAISED');
  });
});

describe('restatements', () => {
  const attached = (day: number, verdict: Verdict, revision: number): AlertEvent =>
    RestatementAttached.make({
      ...about(),
      why: 'late_rows',
      judgement: judgement(day, verdict, { measurement: { eventId: idOfName('m', `${day}`), position: '99', revision } }),
    });
  it('are attached to the episode their window belongs to, and never clear it', () => {
    given(raised(1), counted(2, 'breach', atOnce))
      .when(restate(1, 'calm', 2))
      .then(attached(1, 'calm', 2));
    given(raised(1), cleared(4))
      .when(restate(3, 'breach', 2))
      .then(attached(3, 'breach', 2));
  });
  it('never raise: a breach found later in a calm window is a revision of the measurement only', () => {
    given()
      .when(restate(1, 'breach', 2))
      .thenNothing();
    given(raised(5))
      .when(restate(1, 'breach', 2))
      .thenNothing();
    given(raised(1), cleared(4))
      .when(restate(8, 'breach', 2))
      .thenNothing();
  });
  it('are attached once per revision, in the order of revisions', () => {
    given(raised(1), attached(1, 'calm', 2))
      .when(restate(1, 'calm', 2))
      .thenNothing();
    given(raised(1), attached(1, 'calm', 2))
      .when(restate(1, 'breach', 3))
      .then(attached(1, 'breach', 3));
  });
});

describe('acknowledging', () => {
  const acknowledge = (episode = 1) => new AcknowledgeAlert({ alertId, episode, note: 'on it', at: instant(2 * DAY) }, meta);
  it('is recorded once, of a raised alert', () => {
    const acknowledged = AlertAcknowledged.make({ ...about(), note: 'on it' });
    given(raised(1)).when(acknowledge()).then(acknowledged);
    given(raised(1), acknowledged).when(acknowledge()).thenRefused('ALREADY_ACKNOWLEDGED');
    given(raised(1), acknowledged, counted(2, 'breach', atOnce))
      .when(acknowledge())
      .thenRefused('ALREADY_ACKNOWLEDGED');
  });
  it('is refused where nothing is raised', () => {
    given(suspected(1)).when(acknowledge()).thenRefused('NO_ALERT_RAISED');
    given(raised(1), cleared(4)).when(acknowledge()).thenRefused('NO_ALERT_RAISED');
    given(raised(1)).when(acknowledge(2)).thenRefused('NO_ALERT_RAISED');
    given().when(acknowledge()).thenRefused('NO_SUCH_ALERT');
  });
});

describe('silence', () => {
  const at = instant(2 * DAY);
  const silence = (until: number, reason = 'storm') => new SilenceAlert({ alertId, episode: 1, until: instant(until), reason, at }, meta);

  it('has a reason and an end of at most 90 days from now', () => {
    given(raised(1))
      .when(silence(5 * DAY))
      .then(silenced(5 * DAY));
    given(raised(1))
      .when(silence(5 * DAY, ' '))
      .thenRefused('REASON_REQUIRED');
    given(raised(1)).when(silence(at)).thenRefused('SILENCE_ENDS_IN_PAST');
    given(raised(1))
      .when(silence(at + SILENCE_MS_MAX))
      .then(silenced(at + SILENCE_MS_MAX));
    expect(
      given(raised(1))
        .when(silence(at + SILENCE_MS_MAX + 1))
        .thenRefused('SILENCE_TOO_LONG').limit,
    ).toBe(SILENCE_MS_MAX);
    given()
      .when(silence(5 * DAY))
      .thenRefused('NO_SUCH_ALERT');
  });
  it('is replaced by a new one, but not repeated', () => {
    given(raised(1), silenced(5 * DAY))
      .when(silence(5 * DAY))
      .thenRefused('ALREADY_SILENCED');
    given(raised(1), silenced(5 * DAY))
      .when(silence(4 * DAY))
      .then(silenced(4 * DAY));
  });
  it('leaves the state changing and says so in what is raised or cleared meanwhile', () => {
    given(raised(1), silenced(30 * DAY), cleared(4))
      .when(judge(9, 'breach'))
      .then(raised(9, atOnce, [9], { ...about(2), silencedUntil: 30 * DAY }));
    given(raised(1), silenced(30 * DAY), counted(2, 'calm', atOnce), counted(3, 'calm', atOnce))
      .when(judge(4, 'calm'))
      .then(AlertCleared.make({ ...about(), by: 'calm', policy: atOnce, judgement: judgement(4, 'calm'), silencedUntil: 30 * DAY }));
  });
  it('that is over no longer marks anything', () => {
    given(raised(1), silenced(3 * DAY), cleared(4))
      .when(judge(9, 'breach'))
      .then(raised(9, atOnce, [9], about(2)));
  });
  it('that runs out while the alert is still raised is recorded, so that the alert is heard of again', () => {
    given(raised(1), silenced(4 * DAY))
      .when(judge(3, 'breach'))
      .then(SilenceEnded.make({ ...about(), by: 'time', raised: true }), counted(3, 'breach', atOnce));
    given(raised(1), silenced(5 * DAY))
      .when(judge(3, 'breach'))
      .then(counted(3, 'breach', atOnce));
  });
  it('is ended by a person with a reason, while it is in force', () => {
    const end = (reason: string) => new EndSilence({ alertId, episode: 1, reason, at }, meta);
    given(raised(1), silenced(5 * DAY))
      .when(end('over'))
      .then(SilenceEnded.make({ ...about(), by: 'command', raised: true, reason: 'over' }));
    given(raised(1), silenced(5 * DAY), cleared(4))
      .when(end('over'))
      .then(SilenceEnded.make({ ...about(), by: 'command', raised: false, reason: 'over' }));
    given(raised(1), silenced(5 * DAY))
      .when(end(''))
      .thenRefused('REASON_REQUIRED');
    given(raised(1), silenced(at)).when(end('over')).thenRefused('NOT_SILENCED');
    given(raised(1)).when(end('over')).thenRefused('NOT_SILENCED');
  });
});

describe('facts in an order that cannot be', () => {
  it('fail loudly instead of bending the decision', () => {
    expect(() => given(cleared(1))).toThrow('before any breach');
    expect(() => given(raised(1), cleared(4), counted(5, 'calm'))).toThrow('while calm');
  });
});

describe('for every sequence of judgements', () => {
  const policies = fc
    .record({ k: fc.integer({ min: 1, max: 4 }), n: fc.integer({ min: 1, max: 6 }), m: fc.integer({ min: 1, max: 4 }) })
    .filter(({ k, n }) => k <= n);
  const verdicts = fc.array(fc.constantFrom<Verdict>('breach', 'calm', 'no_data'), { maxLength: 40 });

  const play = (policy: AlertPolicy, judgements: readonly Verdict[]) => {
    let state = alertDecider.initialState();
    return judgements.map((verdict, day) => {
      const decision = alertDecider.decide(judge(day, verdict, policy), state);
      const events = decision.kind === 'accepted' ? decision.events : [];
      const before = state.status;
      state = events.reduce((folded, event) => alertDecider.evolve(folded, event), state);
      // A second time changes nothing: replays are harmless even where nobody remembers the command.
      const again = alertDecider.decide(judge(day, verdict, policy), state);
      expect(again).toEqual(state.status === 'calm' || state.status === 'unknown' ? expect.anything() : { kind: 'accepted', events: [] });
      return { before, after: state.status, types: events.map((event) => event.type) };
    });
  };

  it('never raises without k breaches among the last n, and always raises with them', () => {
    fc.assert(
      fc.property(policies, verdicts, (policy, judgements) => {
        let since = 0;
        play(policy, judgements).forEach(({ before, types }, index) => {
          const lastN = judgements.slice(Math.max(since, index + 1 - policy.n), index + 1);
          const enough = lastN.filter((verdict) => verdict === 'breach').length >= policy.k;
          if (before !== 'raised') expect(types.includes('AlertRaised')).toBe(enough);
          if (types.includes('AlertCleared')) since = index + 1;
        });
      }),
    );
  });

  it('never clears without m calm judgements in a row, windows without data left out, and always clears with them', () => {
    fc.assert(
      fc.property(policies, verdicts, (policy, judgements) => {
        let raisedAt = 0;
        play(policy, judgements).forEach(({ before, types }, index) => {
          if (types.includes('AlertRaised')) raisedAt = index;
          if (before !== 'raised') return;
          const known = judgements.slice(raisedAt + 1, index + 1).filter((verdict) => verdict !== 'no_data');
          const lastCalm = known.length - 1 - known.lastIndexOf('breach');
          expect(types.includes('AlertCleared')).toBe(judgements[index] === 'calm' && lastCalm >= policy.m);
        });
      }),
    );
  });
});
