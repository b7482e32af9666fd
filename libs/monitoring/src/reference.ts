import { derivedId, uuid } from '#libs/kernel';
import { type Calendar } from './calendar.js';
import { type ReferenceChoice } from './definition.js';
import { type WindowSpan } from './measurement.js';
import { type FrozenReference, type ImportedReference, type MeasurementsState } from './measurements-decider.js';

/** A reference a window could be compared with: the windows it would be the sum of, or a file. */
export type Candidate = {
  readonly choice: ReferenceChoice;
  readonly id: string;
  readonly windows: readonly WindowSpan[];
  readonly windowsMin: number;
  /** The windows at the same time of the other days of these weeks, weekday by weekday: they show how much windows vary. */
  readonly otherDays: readonly (readonly WindowSpan[])[];
  readonly imported?: ImportedReference;
  readonly blindTo: string;
};

/** The id of a reference of a monitor: the same definition has the same id. */
export const referenceIdOf = (monitorId: string, choice: ReferenceChoice): string =>
  choice.kind === 'dataset' ? choice.referenceId : derivedId(uuid(monitorId), `reference:${JSON.stringify(choice)}`);

/** What may be compared with a window, in the order the monitor prefers. References that do not exist yet are left out. */
export const candidatesFor = (
  monitorId: string,
  window: WindowSpan,
  choices: readonly ReferenceChoice[],
  { calendar, state }: { calendar: Calendar; state: Pick<MeasurementsState, 'frozen' | 'imported'> },
): Candidate[] =>
  choices.flatMap((choice): Candidate[] => {
    const id = referenceIdOf(monitorId, choice);
    switch (choice.kind) {
      case 'dataset': {
        const imported = state.imported.get(choice.referenceId);
        if (!imported) return [];
        return [
          { choice, id, windows: [], windowsMin: 0, otherDays: [], imported, blindTo: imported.windows ? '' : 'variation between windows' },
        ];
      }
      case 'same_weekday': {
        const windows = calendar.weeksBefore(window, choice.weeks);
        const otherDays = otherDaysOf(window, windows, calendar);
        return [
          { choice, id, windows, windowsMin: choice.weeksMin, otherDays, blindTo: `changes that lasted longer than ${choice.weeks} weeks` },
        ];
      }
      case 'rolling': {
        const windows = calendar.windowsBefore(window, choice.windows);
        return [{ choice, id, windows, windowsMin: choice.windowsMin, otherDays: [], blindTo: 'slow changes' }];
      }
      case 'frozen':
        return fromFrozen(state.frozen.get(id), { choice, id, blindTo: '' }, window, calendar);
      case 'first_days':
        return fromFrozen(state.frozen.get(id), { choice, id, blindTo: 'changes before or in the first days' }, window, calendar);
    }
  });

const DAY = 86_400_000;

/** Same time of day, other weekdays, as far back as the weeks before reach. Rounding leaves out the hour that clocks are set by. */
const otherDaysOf = (window: WindowSpan, weeksBefore: readonly WindowSpan[], calendar: Calendar): WindowSpan[][] => {
  const oldest = Math.min(...weeksBefore.map(({ from }) => from));
  const byWeekday = new Map<number, WindowSpan[]>();
  for (const earlier of calendar.sameSlotIn(window, { from: oldest, until: window.from })) {
    const weekday = Math.round((window.from - earlier.from) / DAY) % 7;
    byWeekday.set(weekday, [...(byWeekday.get(weekday) ?? []), earlier]);
  }
  byWeekday.delete(0);
  return [...byWeekday.values()];
};

const fromFrozen = (
  frozen: FrozenReference | undefined,
  base: Pick<Candidate, 'choice' | 'id' | 'blindTo'>,
  window: WindowSpan,
  calendar: Calendar,
): Candidate[] => {
  const [first, last] = [frozen?.windows[0], frozen?.windows.at(-1)];
  // A window inside its own reference would be compared with itself.
  if (!first || !last || window.from < last.until) return [];
  const windows = calendar.sameSlotIn(window, { from: first.from, until: last.until });
  return windows.length > 0 ? [{ ...base, windows, windowsMin: 1, otherDays: [] }] : [];
};

/** A reference that was chosen: of its windows and of the other days, those with enough rows. */
export type Chosen = Candidate & { readonly used: readonly WindowSpan[] };

/** The first candidate with enough windows that have enough rows. */
export const chooseReference = (
  candidates: readonly Candidate[],
  rowsOf: (window: WindowSpan) => number,
  rowsMin: number,
): Chosen | undefined => {
  for (const candidate of candidates) {
    if (candidate.imported) return { ...candidate, used: [] };
    const enough = (windows: readonly WindowSpan[]): WindowSpan[] => windows.filter((window) => rowsOf(window) >= rowsMin);
    const used = enough(candidate.windows);
    const otherDays = candidate.otherDays.map(enough).filter(({ length }) => length > 1);
    if (used.length > 0 && used.length >= candidate.windowsMin) return { ...candidate, otherDays, used };
  }
  return undefined;
};

/**
 * The first complete days with data, once there are enough of them: from the first day whose beginning the data covers up to the
 * lateness, without empty days, each closed by the watermark. Undefined until then.
 */
export const firstDays = (
  activeDays: readonly WindowSpan[],
  days: number,
  { oldest, watermark, latenessMinutes }: { oldest: number; watermark: number; latenessMinutes: number },
): readonly WindowSpan[] | undefined => {
  const began = oldest - latenessMinutes * 60_000;
  const complete = activeDays.filter(({ from, until }) => from >= began && until <= watermark).slice(0, days);
  return complete.length === days ? complete : undefined;
};
