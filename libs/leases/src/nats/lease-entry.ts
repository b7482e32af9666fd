import { z } from 'zod';

const Entry = z.object({
  /** Names this one acquisition, so that a holder recognises its own writing after an answer was lost. */
  holder: z.string(),
  value: z.string(),
  epoch: z
    .string()
    .regex(/^\d{1,20}$/)
    .transform(BigInt),
  /** How long others have to see this entry unchanged before they may take over, in milliseconds. */
  ttlMs: z.number().int().positive(),
  /** Given up: anybody may take over at once. */
  free: z.boolean(),
});

/** What the bucket holds about a lease. */
export type LeaseEntry = z.infer<typeof Entry>;

export const encodeEntry = (entry: LeaseEntry): string => JSON.stringify({ ...entry, epoch: String(entry.epoch) });

/** Undefined when the text is not one of ours, such as an entry somebody deleted or wrote by hand. */
export const decodeEntry = (text: string): LeaseEntry | undefined => {
  try {
    return Entry.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
