import { type Outcome, type Receipt } from '#libs/event-store';

/** A refusal as the schema shows it; `__typename` picks the member of the union. */
export type RefusalPayload = {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly limit?: number;
};

/**
 * Turns the outcome of a command into a member of its result union.
 *
 * @param accepted makes the payload, with the read model's node and `position`
 * @param typeOf GraphQL type of each refusal code: the table is complete by its type
 * @example resultOf(outcome, (receipt) => ({ __typename: 'SilenceAlertPayload', position: receipt.position }), { ALERT_UNKNOWN: 'AlertUnknown' })
 */
export const resultOf = <Code extends string, Payload extends { readonly __typename: string }>(
  outcome: Outcome<Code>,
  accepted: (receipt: Receipt) => Payload,
  typeOf: Readonly<Record<Code, string>>,
): Payload | RefusalPayload => {
  if (outcome.kind === 'accepted') return accepted(outcome.receipt);
  const { code, detail, field, limit } = outcome.refusal;
  return {
    __typename: typeOf[code],
    code,
    message: detail,
    ...(field === undefined ? {} : { field }),
    ...(limit === undefined ? {} : { limit }),
  };
};
