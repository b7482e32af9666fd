import { fileURLToPath } from 'node:url';

/** The SDL of every lib: beside the sources under jest, beside the compiled code in a build. */
export const libTypePaths = (): string[] => [fileURLToPath(new URL('../../*/src/*.graphql', import.meta.url))];
