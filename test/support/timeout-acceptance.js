import { jest } from '@jest/globals';

// Whole processes, started and killed.
jest.setTimeout(300_000);
