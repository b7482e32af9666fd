import { type Alert, isFeature, type Measured, plainName } from './answers.js';
import { type Check, type Day, type PerformancePeriod } from './report-data.js';

/** A day on which airports closed, known from the newspapers of 2001 and not from this data. */
export type KnownDay = { readonly day: Day; readonly what: string; readonly airports: readonly string[] };

/** The days that move `origin` and `destination`. One of the airports has to be named by each alert. */
export const KNOWN_DAYS: readonly KnownDay[] = [
  { day: '2001-03-05', what: 'Snowstorm: airports of New York and Boston close', airports: ['BOS', 'LGA', 'JFK', 'EWR'] },
  { day: '2001-03-06', what: 'The same storm: New England stays closed', airports: ['BOS', 'BDL', 'PVD', 'PWM'] },
  { day: '2001-04-11', what: 'Blizzard: Denver closes', airports: ['DEN'] },
  { day: '2001-06-09', what: 'Tropical storm Allison: Houston is under water', airports: ['IAH', 'HOU'] },
];

export const MOVING = ['feature:origin', 'feature:destination'] as const;
const STILL = ['feature:hour', 'feature:distance'];
const OTHER_ALERTS_MAX = 2;
/** Bins of a breach that count as named: what a person reads first. */
const NAMED = 5;

/** The stretch in which fewer flights are late than the model learned. */
export const CALM_SPRING = { from: '2001-04-23', until: '2001-05-13' } as const;
/** The fall in late flights that has to show: a third of what was trained on. */
const FALL_MIN = 0.05;

/** Whether both features are in breach on that day, in an alert, and the alert names one of the airports. */
export const isFound = ({ day, airports }: KnownDay, alerts: readonly Alert[]): boolean =>
  MOVING.every((subject) => namedOn(day, subject, alerts).some((airport) => airports.includes(airport)));

/** The first bins named by the alert of that subject on that day; nothing when there is none. */
const namedOn = (day: Day, subject: string, alerts: readonly Alert[]): readonly string[] =>
  alerts
    .filter((alert) => alert.subject === subject)
    .flatMap(({ breaches }) => breaches.filter((breach) => breach.day === day))
    .flatMap(({ moved }) => moved.slice(0, NAMED).map(({ name }) => name));

/** Feature alerts that hold no breach of a known day. */
export const strangers = (alerts: readonly Alert[]): readonly Alert[] =>
  alerts.filter(
    ({ subject, breaches }) =>
      isFeature(subject) &&
      !breaches.some(({ day }) => MOVING.some((moving) => moving === subject) && KNOWN_DAYS.some((known) => known.day === day)),
  );

/** What the demo came to, as far as the checks need it. */
export type Outcome = {
  readonly measured: readonly Measured[];
  readonly alerts: readonly Alert[];
  /** Of the flights the model was trained on. */
  readonly trainingLateShare: number;
  /** Of the calm stretch of spring; undefined when the flights end before it. */
  readonly spring: PerformancePeriod | undefined;
  /** The last day that has a measurement. */
  readonly lastDay: Day;
};

/** Holds the outcome against what is known. Days that were not reached are left out. */
export const checksOf = ({ measured, alerts, trainingLateShare, spring, lastDay }: Outcome): readonly Check[] => {
  const reached = KNOWN_DAYS.filter(({ day }) => day <= lastDay);
  const days = reached.map((known): Check => {
    const named = MOVING.map((subject) => `${plainName(subject)} ${namedOn(known.day, subject, alerts).join(' ') || 'not raised'}`);
    return { what: `${known.day} is found and its airports are named`, held: isFound(known, alerts), found: named.join('; ') };
  });
  const others = strangers(alerts);
  const moved = measured.filter(({ subject, judgement }) => STILL.includes(subject) && judgement?.breach === true);
  return [
    ...days,
    {
      what: `at most ${OTHER_ALERTS_MAX} other feature alerts`,
      held: others.length <= OTHER_ALERTS_MAX,
      found: others.map(({ subject, raisedOn }) => `${plainName(subject)} on ${raisedOn}`).join('; ') || 'none',
    },
    {
      what: 'hour and distance do not move on any day',
      held: moved.length === 0,
      found: moved.map(({ subject, day }) => `${plainName(subject)} on ${day}`).join('; ') || 'none did',
    },
    ...(spring === undefined ? [] : springChecks(trainingLateShare, spring, alerts)),
  ];
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Which alerts about outcomes were raised in the stretch: a change that shows need not be one that alarms. */
const raisedInSpring = (alerts: readonly Alert[]): string => {
  const raised = alerts.filter(
    ({ subject, raisedOn }) => /^(label|performance):/.test(subject) && raisedOn >= CALM_SPRING.from && raisedOn <= CALM_SPRING.until,
  );
  if (raised.length === 0) return 'no alert: single days lie as far apart in other weeks';
  return `alerts: ${raised.map(({ subject, raisedOn }) => `${subject} on ${raisedOn}`).join(', ')}`;
};

const springChecks = (trained: number, { lateShare, meanScore }: PerformancePeriod, alerts: readonly Alert[]): Check[] => [
  {
    what: 'the fall in late flights from 23 April to 13 May shows in the labels',
    held: lateShare <= trained - FALL_MIN,
    found: `${percent(trained)} late in training, ${percent(lateShare)} then; ${raisedInSpring(alerts)}`,
  },
  {
    what: 'and in the calibration',
    held: meanScore >= lateShare + FALL_MIN,
    found: `${percent(meanScore)} expected by the model, ${percent(lateShare)} late`,
  },
];
