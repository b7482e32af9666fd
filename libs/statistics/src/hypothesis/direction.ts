/** Where the current values lie beside the reference's. */
export type Direction = 'higher' | 'lower' | 'same';

/** The direction of a difference current − reference. */
export const directionOf = (difference: number): Direction => (difference > 0 ? 'higher' : difference < 0 ? 'lower' : 'same');
