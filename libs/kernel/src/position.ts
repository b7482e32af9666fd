/**
 * Where an event stands in the whole log. Opaque to callers: monotonic, not gapless, not portable between stores.
 * EventStoreDB gives both numbers; the embedded stores set commit = prepare.
 */
export type Position = { readonly commit: bigint; readonly prepare: bigint };

export const positionOf = (commit: bigint, prepare: bigint = commit): Position => ({ commit, prepare });

/** Negative when a is before b, 0 when equal, positive when after. */
export const comparePositions = (a: Position, b: Position): number => {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare !== b.prepare) return a.prepare < b.prepare ? -1 : 1;
  return 0;
};

/** `commit` alone where both numbers agree, else `commit/prepare`; decimal, exact above 2^53. */
export const formatPosition = (position: Position): string =>
  position.commit === position.prepare ? position.commit.toString() : `${position.commit}/${position.prepare}`;

/** Stores keep positions in 64 bits without a sign. */
const LARGEST = 2n ** 64n - 1n;

const notWritten = (): TypeError => new TypeError('a position is written as one or two decimal numbers of 64 bits, such as 42 or 42/40');

/** @throws TypeError when the text is no position */
export const parsePosition = (text: string): Position => {
  const match = /^(\d{1,20})(?:\/(\d{1,20}))?$/.exec(text);
  if (!match?.[1]) throw notWritten();
  const position = positionOf(BigInt(match[1]), BigInt(match[2] ?? match[1]));
  if (position.commit > LARGEST || position.prepare > LARGEST) throw notWritten();
  return position;
};
