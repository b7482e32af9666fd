/** What a decider answers: facts to record, or a refusal with a code. `accept()` without events means "already so". */
export type Decision<E, R> =
  { readonly kind: 'accepted'; readonly events: readonly E[] } | { readonly kind: 'refused'; readonly refusal: R };

/** A refusal is an expected answer, not an exception. `detail` is for people and holds no personal data. */
export type Refusal<Code extends string = string> = {
  readonly code: Code;
  readonly detail: string;
  readonly field?: string;
  readonly limit?: number;
};

/** State, evolve, decide. Pure: no promises, clock, randomness, logging, or exceptions for expected refusals. */
export type Decider<S, C, E, R extends Refusal = Refusal> = {
  readonly initialState: () => S;
  readonly evolve: (state: S, event: E) => S;
  readonly decide: (command: C, state: S) => Decision<E, R>;
};

export const accept = <E>(...events: readonly E[]): Decision<E, never> => ({ kind: 'accepted', events });

export const refuse = <Code extends string>(
  code: Code,
  detail: string,
  about: { field?: string; limit?: number } = {},
): Decision<never, Refusal<Code>> => ({
  kind: 'refused',
  refusal: { code, detail, ...about },
});

/** Closes an exhaustive switch: a compile error where a case is missing, a loud failure where data from outside surprises us. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
};
