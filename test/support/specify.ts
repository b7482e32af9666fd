import { type Decider, type Refusal } from '#libs/kernel';

/** What a decider answered, as a specification states it. */
export type Then<E, Code extends string> = {
  /** Accepted with exactly these events, in this order. */
  then(...events: readonly E[]): void;
  /** Refused with this code. Gives the refusal for further expectations. */
  thenRefused(code: Code): Refusal<Code>;
  /** Accepted, and there was nothing to record. */
  thenNothing(): void;
};

export type When<C, E, Code extends string> = { when(command: C): Then<E, Code> };

/** `given(...facts).when(command).then(...facts)`. */
export type Specification<S, C, E, Code extends string> = {
  given(...events: readonly E[]): When<C, E, Code> & { thenState(expected: S): void };
};

/**
 * The grammar of decider specifications: `given(...events).when(command).then(...events) | .thenRefused(code) | .thenNothing()`.
 * What was accepted is folded as well, so that a decider cannot record a fact it does not understand.
 */
export const specify = <S, C, E, Code extends string>(decider: Decider<S, C, E, Refusal<Code>>): Specification<S, C, E, Code> => ({
  given: (...events) => {
    const state = events.reduce((folded, event) => decider.evolve(folded, event), decider.initialState());
    return {
      when: (command) => thenOf(decider, command, state),
      thenState: (expected) => expect(state).toEqual(expected),
    };
  },
});

const thenOf = <S, C, E, Code extends string>(decider: Decider<S, C, E, Refusal<Code>>, command: C, state: S): Then<E, Code> => {
  const decision = decider.decide(command, state);
  if (decision.kind === 'accepted') decision.events.reduce((folded, event) => decider.evolve(folded, event), state);
  return {
    then: (...events) => expect(decision).toEqual({ kind: 'accepted', events }),
    thenRefused: (code) => {
      if (decision.kind === 'accepted') throw new Error(`expected a refusal ${code}, but it was accepted: ${text(decision.events)}`);
      expect(decision.refusal.code).toBe(code);
      return decision.refusal;
    },
    thenNothing: () => expect(decision).toEqual({ kind: 'accepted', events: [] }),
  };
};

const text = (value: unknown): string => JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));
