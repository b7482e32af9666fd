import { EventStoreDBClient } from '@eventstore/db-client';
import { type FacadeOptions } from './protocol.js';
import { type Facade, startFacade } from './start-facade.js';

/** A facade and a client of it. */
type Opened = { readonly facade: Facade; readonly client: EventStoreDBClient };

/** How specs of the facade open and close it. */
type FacadeSetup = {
  readonly open: (options?: FacadeOptions) => Promise<void>;
  readonly close: () => Promise<void>;
  /** Starting a process costs more than most of what is said to it here: tests that need no log of their own share one. */
  readonly sharing: () => void;
};

/** With credentials a call is a plain Append, without them a BatchAppend. */
export const plain = { credentials: { username: 'admin', password: 'changeit' } };

/** The set-up of a spec of the facade. @param given takes what was opened */
export const facadeSetup = (given: (opened: Opened) => void): FacadeSetup => {
  let opened: Opened | undefined;
  const open = async (options: FacadeOptions = {}): Promise<void> => {
    const facade = await startFacade(options);
    opened = { facade, client: EventStoreDBClient.connectionString(facade.url) };
    given(opened);
  };
  const close = async (): Promise<void> => {
    await opened?.client.dispose();
    await opened?.facade.stop();
  };
  const sharing = (): void => {
    beforeAll(() => open());
    afterAll(close);
  };
  return { open, close, sharing };
};

/** A stream of its own for every test. @param given takes its name before the test */
export const streamPerTest = (given: (stream: string) => void): void => {
  let tests = 0;
  beforeEach(() => given(`thing-${(tests += 1)}`));
};
