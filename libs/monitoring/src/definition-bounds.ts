import { z } from 'zod';
import { type MonitorDefinition } from './definition.js';

/** Longest name, word or value in a definition, in characters: what a prediction may carry fits. */
const TEXT_MAX = 1_000;
const SUBJECTS_MAX = 2_000;
const SEGMENTS_MAX = 20;
/** Milliseconds around 1970 that are a date at all. */
const TIME_MAX = 8_640_000_000_000_000;
/** Longest definition as JSON, in characters: with three bytes for each it still fits an event. */
const CHARACTERS_MAX = 100_000;

const text = z.string().max(TEXT_MAX);
const time = z.number().min(-TIME_MAX).max(TIME_MAX);
const methods = z.array(
  z.looseObject({
    parameters: z
      .looseObject({ zero: text.optional(), expectedMin: z.number().max(1e6).optional(), categoriesMax: z.number().max(1_000).optional() })
      .optional(),
  }),
);

/** How large the parts of a definition may be that is asked for. What was recorded is read whatever its size. */
const Bounds = z.looseObject({
  timeZone: text,
  rowsMin: z.number().max(1e9),
  references: z.array(z.looseObject({ from: time.optional(), until: time.optional() })),
  selection: z.looseObject({ version: text.optional(), variant: text.optional(), segments: z.record(text, text).optional() }),
  subjects: z.array(text).max(SUBJECTS_MAX).optional(),
  shown: z.looseObject({ numeric: methods, categorical: methods }),
  judgement: z.looseObject({
    // A Jensen-Shannon distance is at most 0.83.
    margins: z.looseObject({ jensen_shannon: z.number().max(1), psi: z.number().max(1_000) }),
    expectedMin: z.number().max(1e6),
    performanceMargin: z.looseObject({ absolute: z.number().max(1), relative: z.number().max(1_000) }),
  }),
  performance: z.looseObject({ positiveClass: text.optional(), threshold: z.number().min(-1e15).max(1e15) }),
  restatement: z.looseObject({ minutesMin: z.number().max(525_600), finalAfterHours: z.number().max(87_600) }),
});

/** Says of every part that is too large which one it is and what the limit is. */
export const checkBounds = (definition: MonitorDefinition, context: z.core.$RefinementCtx<MonitorDefinition>): void => {
  const { error } = Bounds.safeParse(definition);
  for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path: [...path], message });
  if (Object.keys(definition.selection.segments ?? {}).length > SEGMENTS_MAX)
    context.addIssue({ code: 'custom', path: ['selection', 'segments'], message: `at most ${SEGMENTS_MAX} tags` });
  if (JSON.stringify(definition).length > CHARACTERS_MAX)
    context.addIssue({ code: 'custom', path: [], message: `at most ${CHARACTERS_MAX} characters as JSON` });
};
