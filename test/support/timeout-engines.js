import { jest } from '@jest/globals';

// Real engines on a busy machine; a project's own `testTimeout` is not honoured.
jest.setTimeout(60_000);
