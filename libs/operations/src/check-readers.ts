import { type Finding, ok, problem, warn } from './finding.js';

/** A subscription: how many events of the log it has not handled, and the error that stopped it. */
export type ReaderState = { readonly name: string; readonly lag: bigint; readonly failure?: string };

/** Behind by more than a burst of events explains. */
const LAG_WARN = 5_000n;

/** One finding per subscription. */
export const readerFindings = (readers: readonly ReaderState[]): readonly Finding[] => readers.map(findingOf);

const findingOf = ({ name, lag, failure }: ReaderState): Finding => {
  const what = `subscription ${name}`;
  if (failure !== undefined)
    return problem(
      what,
      `stopped, ${lag} events behind: ${failure}`,
      'what depends on it stands still: see to the cause, then restart the server',
    );
  if (lag > LAG_WARN)
    return warn(what, `${lag} events behind`, 'wait for it; if the number does not fall, the machine is too slow for what comes in');
  return ok(what, lag === 0n ? 'caught up' : `${lag} events behind`);
};
