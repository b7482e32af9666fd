import { z } from 'zod';

/** Longest window: a week. */
const WINDOW_MINUTES_MAX = 7 * 1440;

/** A window fits the five-minute counts and the local day: `minutes` divides a day, or is whole days up to a week. */
const fitsCalendar = (minutes: number): boolean => minutes % 5 === 0 && (1440 % minutes === 0 || minutes === WINDOW_MINUTES_MAX);

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
};

/** What a score may be defined by beside its method. Which method takes which is in `definition-methods.ts`. */
export const MethodParameters = z.object({
  /** Rule for empty bins: `add:0.5`, `replace:0.0001` or `none`. */
  zero: z.string().optional(),
  /** Base of the logarithm. */
  base: z.enum(['e', '2']).optional(),
  /** Categories expected less often than this in the smaller sample are counted as one. */
  expectedMin: z.number().gt(0).optional(),
  /** No more categories than this; the rarest are counted as one. */
  categoriesMax: z.int().min(2).optional(),
  /** Most values taken of each sample where the cost is quadratic. */
  valuesMax: z.int().min(2).max(2_000).optional(),
});
export type MethodParameters = z.infer<typeof MethodParameters>;

/** Id of a method of the statistics library, the version of its definition, and its parameters where they are not the usual ones. */
export const MethodRef = z.object({ id: z.string(), version: z.int().min(1), parameters: MethodParameters.optional() });
export type MethodRef = z.infer<typeof MethodRef>;

/** Distances on whose scale a verdict says how much: that of the judging method, or the first of them where a test judges. */
export const JUDGING_DISTANCES = ['jensen_shannon', 'psi'] as const;
export type JudgeMethod = (typeof JUDGING_DISTANCES)[number];

/**
 * What current data is compared with. A monitor lists several in order of preference; a window takes the first that has enough data,
 * so a monitor can start before the reference it wants exists.
 */
export const ReferenceChoice = z.discriminatedUnion('kind', [
  /** Counts of a file, imported under a name: usually the training data of the version. */
  z.object({ kind: z.literal('dataset'), referenceId: z.uuid() }),
  /** A span of the deployment's own predictions, frozen with a digest. */
  z.object({ kind: z.literal('frozen'), from: z.int(), until: z.int() }),
  /** The windows at the same place of the week in the weeks before; at least `weeksMin` of them must have enough rows. */
  z.object({ kind: z.literal('same_weekday'), weeks: z.int().min(1).max(26), weeksMin: z.int().min(1).max(26) }),
  /** The last windows before the measured one. Follows slow drift, so it cannot see it. */
  z.object({ kind: z.literal('rolling'), windows: z.int().min(1).max(60), windowsMin: z.int().min(1).max(60) }),
  /** The first complete days with data, frozen. Unable to see drift that happened before or in them. */
  z.object({ kind: z.literal('first_days'), days: z.int().min(1).max(60) }),
]);
export type ReferenceChoice = z.infer<typeof ReferenceChoice>;

/** Which predictions are measured. Absent: all. A segment makes the measurement exact, from rows instead of counts. */
export const Selection = z.object({
  version: z.string().optional(),
  variant: z.string().optional(),
  segments: z.record(z.string(), z.string()).optional(),
});
export type Selection = z.infer<typeof Selection>;

/** Limits of the judgement; a breach needs all gates. */
export const JudgementRule = z.object({
  /** Name of the rule and version of its definition. */
  rule: z.literal('three_gates'),
  version: z.int().min(1),
  /** Significance after Benjamini-Hochberg over the window's subjects. */
  level: z.number().gt(0).lt(1),
  /** Smallest excess over the score expected without drift that matters: a Jensen-Shannon distance, a PSI. */
  margins: z.object({ jensen_shannon: z.number().min(0), psi: z.number().min(0) }),
  /** How rarely the reference's own windows, if they wandered like this, would exceed the limit. */
  variationTail: z.number().gt(0).lt(1),
  /** Most bins of a number; edges are quantiles of the reference. */
  bins: z.int().min(2).max(100),
  /** Words expected less often than this in the smaller sample are one bin together (Cochran's rule). */
  expectedMin: z.number().min(0),
  /** Performance: smallest change of a share-like metric that matters, and of an error relative to the reference's. */
  performanceMargin: z.object({ absolute: z.number().min(0), relative: z.number().min(0) }),
});
export type JudgementRule = z.infer<typeof JudgementRule>;

/** When an alert is raised and cleared: raise at k breaches among the last n judged windows, clear after m calm ones in a row. */
export const Alerting = z.object({ k: z.int().min(1).max(100), n: z.int().min(1).max(100), m: z.int().min(1).max(100) });
export type Alerting = z.infer<typeof Alerting>;

export const PerformanceRule = z.object({
  enabled: z.boolean(),
  /** Word that counts as positive; absent: taken from common pairs such as true/false, yes/no, 1/0. */
  positiveClass: z.string().optional(),
  /** Score from which a prediction counts as positive where no class was sent. */
  threshold: z.number(),
  /** Labels are waited for this long after the window. */
  labelHorizonDays: z.int().min(1).max(3650),
  /** Alerts judge the first revision with at least this share of labels. */
  labelledShareMin: z.number().min(0).max(1),
});
export type PerformanceRule = z.infer<typeof PerformanceRule>;

export const RestatementRule = z.object({
  /** Share of rows or labels that must be new. */
  shareMin: z.number().min(0).max(1),
  /** Minutes of watermark or of record time that must have passed since the revision before. */
  minutesMin: z.int().min(0),
  /** Hours after the first measurement, of watermark or of record time, after which late rows no longer count. */
  finalAfterHours: z.int().min(1),
});
export type RestatementRule = z.infer<typeof RestatementRule>;

/** Everything that decides what a monitor measures and what it calls a breach. Recorded whole with every change. */
export const MonitorDefinition = z.object({
  /** IANA name; days, hours and weeks are those of this zone. */
  timeZone: z.string().refine(isTimeZone, 'not an IANA time zone'),
  windowMinutes: z
    .int()
    .min(5)
    .max(WINDOW_MINUTES_MAX)
    .refine(fitsCalendar, 'a window is a multiple of five minutes that divides a day, or a week'),
  latenessMinutes: z
    .int()
    .min(0)
    .max(7 * 1440),
  /** Windows with fewer rows are skipped with that reason. */
  rowsMin: z.int().min(1),
  references: z.array(ReferenceChoice).min(1).max(5),
  selection: Selection,
  /** Subjects to measure; absent: all the deployment has. */
  subjects: z.array(z.string()).min(1).optional(),
  /** Judges: one method for numbers, one for categories. */
  judges: z.object({ numeric: MethodRef, categorical: MethodRef }),
  /** Computed and recorded, without a say. */
  shown: z.object({ numeric: z.array(MethodRef), categorical: z.array(MethodRef) }),
  judgement: JudgementRule,
  performance: PerformanceRule,
  restatement: RestatementRule,
  alerting: Alerting,
});
export type MonitorDefinition = z.infer<typeof MonitorDefinition>;
