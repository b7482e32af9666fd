import { type Finding, ok, problem, warn } from './finding.js';

/** A subscription: how many events of the log it has not handled, the error that stopped it, and the one it waits to pass. */
export type ReaderState = { readonly name: string; readonly lag: bigint; readonly failure?: string; readonly trouble?: string };

/** Behind by more than a burst of events explains. */
const LAG_WARN = 5_000n;

/** One finding per subscription. */
export const readerFindings = (readers: readonly ReaderState[]): readonly Finding[] => readers.map(findingOf);

const findingOf = ({ name, lag, failure, trouble }: ReaderState): Finding => {
  const what = `subscription ${name}`;
  if (failure !== undefined)
    return problem(
      what,
      `stopped, ${lag} events behind: ${failure}`,
      'what depends on it stands still: see to the cause, then restart the server',
    );
  if (trouble !== undefined)
    return problem(
      what,
      `waits and tries again, ${lag} events behind: ${trouble}`,
      'see to the cause, such as a full disk; it goes on by itself, a restart is not needed',
    );
  if (lag > LAG_WARN)
    return warn(what, `${lag} events behind`, 'wait for it; if the number does not fall, the machine is too slow for what comes in');
  return ok(what, lag === 0n ? 'caught up' : `${lag} events behind`);
};
