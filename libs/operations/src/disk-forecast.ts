import { type Finding, ok, problem, warn } from './finding.js';

/** What is on the disk, in bytes, and what made it. `recent` are the predictions of the last `days` days. */
export type DiskUse = {
  readonly logBytes: number;
  readonly readModelBytes: number;
  readonly freeBytes: number;
  readonly predictions: number;
  readonly recent: number;
  /** Days the recent predictions cover: at most 7, fewer in a young log. */
  readonly days: number;
};

export type DiskForecast = {
  readonly bytesPerPrediction: number | undefined;
  readonly bytesPerDay: number | undefined;
  readonly daysUntilFull: number | undefined;
};

/** Before this much of the log, days are too short to be multiplied. */
const DAYS_MIN = 1;
/** Fewer predictions say more about empty files than about predictions. */
const PREDICTIONS_MIN = 10_000;
const DAYS_WARN = 60;
const DAYS_PROBLEM = 7;
const FREE_PROBLEM = 1024 ** 3;

/** All bytes over all predictions, and how long the free ones last if the last days go on. */
export const forecastOf = ({ logBytes, readModelBytes, freeBytes, predictions, recent, days }: DiskUse): DiskForecast => {
  const bytesPerPrediction = predictions >= PREDICTIONS_MIN ? (logBytes + readModelBytes) / predictions : undefined;
  const bytesPerDay = bytesPerPrediction !== undefined && days >= DAYS_MIN ? (bytesPerPrediction * recent) / days : undefined;
  const daysUntilFull = bytesPerDay !== undefined && bytesPerDay > 0 ? freeBytes / bytesPerDay : undefined;
  return { bytesPerPrediction, bytesPerDay, daysUntilFull };
};

/** The forecast in words. */
export const diskFindings = (use: DiskUse): readonly Finding[] => {
  const { bytesPerPrediction, bytesPerDay, daysUntilFull } = forecastOf(use);
  const used = `${sizeOf(use.logBytes)} log, ${sizeOf(use.readModelBytes)} read model`;
  const each =
    bytesPerPrediction === undefined
      ? ok('disk per prediction', `known from ${PREDICTIONS_MIN} predictions on, ${use.predictions} so far`)
      : ok('disk per prediction', `${Math.round(bytesPerPrediction)} bytes over ${use.predictions} predictions`);
  const growth =
    bytesPerDay === undefined
      ? ok('disk growth', 'known after a day of predictions')
      : ok('disk growth', `${sizeOf(bytesPerDay)} a day over the last ${use.days.toFixed(1)} days`);
  return [ok('disk used', used), each, growth, fullness(use.freeBytes, daysUntilFull)];
};

const fullness = (freeBytes: number, days: number | undefined): Finding => {
  const what = 'disk free';
  const figure = `${sizeOf(freeBytes)}${days === undefined ? '' : `, full in ${wholeDays(days)}`}`;
  const advice = 'give the data directory more room; a full disk refuses predictions, it loses none';
  if (freeBytes < FREE_PROBLEM || (days !== undefined && days < DAYS_PROBLEM)) return problem(what, figure, advice);
  return days !== undefined && days < DAYS_WARN ? warn(what, figure, advice) : ok(what, figure);
};

const wholeDays = (days: number): string => (days > 3650 ? 'more than 10 years' : `${Math.floor(days)} days`);

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A size for people: `12.3 MiB`. */
export const sizeOf = (bytes: number): string => {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return power === 0 ? `${Math.round(bytes)} bytes` : `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power] ?? ''}`;
};
