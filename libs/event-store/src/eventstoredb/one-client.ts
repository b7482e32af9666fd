import { createRequire } from 'node:module';

const OTHER_CLIENT = /[\\/]node_modules[\\/]@kurrent[\\/]kurrentdb-client[\\/]/;

/** Files that were loaded by `require` in this process; both clients are. */
const loadedFiles = (): readonly string[] => Object.keys(createRequire(import.meta.url).cache);

/**
 * The two clients of this server register the same messages under the same global names: the second one loaded breaks the first,
 * with errors such as "message.getDeadline is not a function" on the next append.
 *
 * @throws Error when the other client is loaded in this process
 */
export const refuseOtherClient = (loaded: readonly string[] = loadedFiles()): void => {
  if (loaded.some((file) => OTHER_CLIENT.test(file)))
    throw new Error('@kurrent/kurrentdb-client and @eventstore/db-client cannot be used in one process');
};
