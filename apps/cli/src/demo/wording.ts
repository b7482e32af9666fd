import { type AlertStory, type BinShare, type Day, type DemoReport } from './report-data.js';

const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const countFormat = new Intl.NumberFormat('en-US');

/** `Mon 5 Mar`. */
export const dayWords = (day: Day): string => dayFormat.format(Date.parse(`${day}T00:00:00Z`)).replace(',', '');

/** `1,234,567`. */
export const countWords = (count: number): string => countFormat.format(count);

/** `2.03 %`. */
export const shareWords = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** `0.1048`. */
export const scoreWords = (score: number): string => score.toFixed(4);

/** `2e-58`, or `0.03` where that is as short. */
export const pValueWords = (p: number): string => (p >= 0.001 ? p.toPrecision(2) : p === 0 ? 'below 1e-300' : p.toExponential(0));

/** `BOS 2.03 → 0.25 %`. */
export const movedWords = ({ name, reference, current }: BinShare): string =>
  `${name} ${(reference * 100).toFixed(2)} → ${shareWords(current)}`;

/** How many alerts of features hold no breach of a known event. */
const strangers = (alerts: readonly AlertStory[], report: DemoReport): number =>
  alerts.filter(
    ({ feature, breaches }) =>
      feature && !breaches.some(({ day, subject }) => report.known.some((known) => known.day === day && known.subjects.includes(subject))),
  ).length;

/** The outcome in one sentence, good or bad. */
export const outcomeWords = (report: DemoReport): string => {
  const found = report.known.filter((known) => known.found).length;
  const others = strangers(report.alerts, report);
  const days = found === report.known.length ? `All ${found}` : `Only ${found} of ${report.known.length}`;
  const rest =
    others === 0
      ? 'no other feature raised an alert'
      : `${others} other ${others === 1 ? 'feature alert was' : 'feature alerts were'} raised`;
  return `${days} days on which airports closed were found, and ${rest}.`;
};
