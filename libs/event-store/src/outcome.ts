import { type Position, type Refusal } from '#libs/kernel';

/**
 * Where a command left its stream. `revision` is -1 when the stream does not exist (a command that had nothing to record).
 * Pass `position` to the query side to read your own write; it is missing when the store did not tell it.
 */
export type Receipt = { readonly stream: string; readonly revision: bigint; readonly position?: Position };

/** The answer to a command: it holds now, or it was refused with a reason. Faults of the infrastructure are thrown instead. */
export type Outcome<Code extends string = string> =
  { readonly kind: 'accepted'; readonly receipt: Receipt } | { readonly kind: 'refused'; readonly refusal: Refusal<Code> };
