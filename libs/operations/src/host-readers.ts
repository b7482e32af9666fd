import { type ProjectionHost, type SubscriptionHost } from '#libs/platform';
import { type ReaderState } from './check-readers.js';
import { type LiveReaders } from './rebuild-projection.js';

/** The subscriptions of this process, as the doctor looks at them. */
export const readerStatesOf = async (host: SubscriptionHost): Promise<readonly ReaderState[]> =>
  Promise.all(
    host.all.map(async (runner) => ({
      name: runner.name,
      lag: BigInt((await host.behind(runner)).events),
      ...(runner.failure ? { failure: runner.failure.message } : {}),
      ...(runner.trouble ? { trouble: runner.trouble.message } : {}),
    })),
  );

/** The subscriptions of this process, as a rebuild pauses them. */
export const liveReadersOf = (host: SubscriptionHost, projections: ProjectionHost): LiveReaders => ({
  held: (name) => projections.heldAs(name),
  pause: async (name) => {
    const runner = host.all.find((one) => one.name === name);
    // Rebuilding beside a reader somewhere else would compare with tables that move, and exchange them under its feet.
    if (!runner) throw new Error(`${name} is not kept up to date by this process`);
    await runner.stop();
    // What keeps it from starting is its failure: readiness, the log and the doctor say so, and the rebuild itself is done.
    return () => runner.start().catch(() => undefined);
  },
});
