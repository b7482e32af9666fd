import { z } from 'zod';
import { defineEvent, type EventOf } from '#libs/event-store';
import { type LabelBatch, type PredictionBatch } from './batch.js';

const BatchHead = z.looseObject({ deploymentId: z.uuid(), salt: z.string(), base: z.int(), rows: z.int().min(0) });
const isBatch = (value: unknown): boolean => BatchHead.safeParse(value).success;

/**
 * Up to 1,000 predictions, column by column. The columns are not walked by zod: the writer built them from records it had checked one
 * by one, and the digest in the metadata says whether they are still those. See `batch.ts` for their shape.
 */
export const PredictionBatchRecorded = defineEvent('PredictionBatchRecorded', {
  version: 1,
  schema: z.custom<PredictionBatch>(isBatch, 'not a prediction batch'),
});

/** Ground truth for predictions, by prediction id; may come before the prediction. A later, different label is a correction. */
export const LabelBatchRecorded = defineEvent('LabelBatchRecorded', {
  version: 1,
  schema: z.custom<LabelBatch>(isBatch, 'not a label batch'),
});

export const PREDICTION_EVENTS = [PredictionBatchRecorded, LabelBatchRecorded] as const;
export type PredictionBatchEvent = EventOf<typeof PredictionBatchRecorded>;
export type LabelBatchEvent = EventOf<typeof LabelBatchRecorded>;
export type PredictionEvent = PredictionBatchEvent | LabelBatchEvent;
