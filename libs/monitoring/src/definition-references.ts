import { type z } from 'zod';
import { type MonitorDefinition, type ReferenceChoice } from './definition.js';
import { needsValues } from './scores.js';

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
const ALONE = 'two windows at least: a single one says nothing about how windows differ, and nothing could be judged';

type Problem = { readonly field: string; readonly message: string };

/** What a reference of windows of these minutes can never give: an order of its limits, or two windows to judge by. */
const problemOf = (choice: ReferenceChoice, windowMinutes: number): Problem | undefined => {
  // Days and spans give one window of each day, at the same time of day, or one of each week.
  const slotMinutes = Math.max(windowMinutes, DAY_MINUTES);
  switch (choice.kind) {
    case 'same_weekday':
      if (choice.weeksMin > choice.weeks) return { field: 'weeksMin', message: 'cannot be more than weeks' };
      return choice.weeks < 2 ? { field: 'weeks', message: ALONE } : undefined;
    case 'rolling':
      if (choice.windowsMin > choice.windows) return { field: 'windowsMin', message: 'cannot be more than windows' };
      return choice.windows < 2 ? { field: 'windows', message: ALONE } : undefined;
    case 'first_days':
      return choice.days * DAY_MINUTES < 2 * slotMinutes ? { field: 'days', message: ALONE } : undefined;
    case 'frozen':
      if (choice.until <= choice.from) return { field: 'until', message: 'is not after from' };
      // A day on which clocks are put forward has 23 hours.
      return choice.until - choice.from < (2 * slotMinutes - 60) * MINUTE ? { field: 'until', message: ALONE } : undefined;
    case 'dataset':
      return undefined;
  }
};

/** Bridges the time until a reference further up the list exists, and need not judge where that one can. */
const bridges = ({ kind }: ReferenceChoice): boolean => kind === 'first_days';

/** Refuses references that no judge could ever judge by, naming the field. */
export const checkReferences = (definition: MonitorDefinition, context: z.core.$RefinementCtx<MonitorDefinition>): void => {
  const { references, windowMinutes, judges } = definition;
  references.forEach((choice, i) => {
    const problem = problemOf(choice, windowMinutes);
    const judgedByOthers = references.some((other) => other !== choice && problemOf(other, windowMinutes) === undefined);
    if (problem && !(bridges(choice) && judgedByOthers))
      context.addIssue({ code: 'custom', path: ['references', i, problem.field], message: problem.message });
  });
  const dataset = references.findIndex(({ kind }) => kind === 'dataset');
  if (dataset < 0 || !needsValues([judges.numeric])) return;
  const message = `${judges.numeric.id} needs values, and of a dataset (references.${dataset}) counts are kept: it could never judge`;
  context.addIssue({ code: 'custom', path: ['judges', 'numeric', 'id'], message });
};
