import { type Measured } from './answers.js';
import { type Day, type PerformanceDay, type PerformancePeriod } from './report-data.js';
import { type DayTally } from './send-flights.js';
import { CALM_SPRING } from './truth.js';

/** The word of a late flight among the labels. */
const LATE = 'true';

const PERIODS: readonly { readonly name: string; readonly from: Day; readonly to: Day }[] = [
  { name: 'The weeks after training', from: '2001-01-29', to: '2001-02-25' },
  { name: 'Until the spring', from: '2001-02-26', to: '2001-04-22' },
  { name: 'The punctual spring', from: CALM_SPRING.from, to: CALM_SPRING.until },
  { name: 'Until the end of June', from: '2001-05-14', to: '2001-06-30' },
];

/** Late flights as the server measured them beside what the model said, day by day. */
export const performanceDays = (measured: readonly Measured[], tallies: readonly DayTally[]): readonly PerformanceDay[] => {
  const byDay = new Map(measured.filter(({ subject }) => subject === 'label:class').map((one) => [one.day, one]));
  return tallies.map(({ day, predictions, scoreSum }) => {
    const labels = byDay.get(day);
    const late = labels?.bins.find(({ name }) => name === LATE);
    return {
      day,
      labelled: labels?.labelled ?? 0,
      lateShare: labels === undefined ? null : (late?.current ?? 0),
      meanScore: predictions === 0 ? null : scoreSum / predictions,
    };
  });
};

type Weighted = { readonly value: number; readonly weight: number };

const meanOf = (values: readonly Weighted[]): number => {
  const weight = values.reduce((sum, one) => sum + one.weight, 0);
  return weight === 0 ? Number.NaN : values.reduce((sum, one) => sum + one.value * one.weight, 0) / weight;
};

/** Stretches of days with enough of them measured to say something. Means over days, each weighted by its labelled flights. */
export const performancePeriods = (measured: readonly Measured[], days: readonly PerformanceDay[]): readonly PerformancePeriod[] =>
  PERIODS.flatMap(({ name, from, to }) => {
    const within = ({ day }: { readonly day: Day }): boolean => day >= from && day <= to;
    const known = days.filter(within).filter((day) => day.lateShare !== null);
    const metric = (subject: string): number =>
      meanOf(
        measured
          .filter(within)
          .flatMap((one) =>
            one.subject === subject ? one.scores.slice(0, 1).map(({ score }) => ({ value: score, weight: one.labelled ?? 0 })) : [],
          ),
      );
    const share = (of: (day: PerformanceDay) => number | null): number =>
      meanOf(known.map((day) => ({ value: of(day) ?? 0, weight: day.labelled })));
    const period = {
      name,
      from: known[0]?.day ?? from,
      to: known.at(-1)?.day ?? to,
      lateShare: share((day) => day.lateShare),
      meanScore: share((day) => day.meanScore),
      rocAuc: metric('performance:roc_auc'),
      brier: metric('performance:brier'),
    };
    return [period.lateShare, period.meanScore, period.rocAuc, period.brier].some(Number.isNaN) ? [] : [period];
  });
