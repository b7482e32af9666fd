import { describe, expect, it } from '@jest/globals';
import { PERFORMANCE_METRICS } from './metrics.js';

describe('the catalogue of performance', () => {
  it('lists every metric once, each with a version, a range and a sentence', () => {
    expect(new Set(PERFORMANCE_METRICS.map(({ id }) => id)).size).toBe(PERFORMANCE_METRICS.length);
    for (const { id, version, range, meaning } of PERFORMANCE_METRICS) {
      expect(id).toMatch(/^[a-z][a-z0-9_]+$/u);
      expect(version).toBeGreaterThanOrEqual(1);
      expect(range).not.toBe('');
      expect(meaning).toMatch(/\.$/u);
    }
  });
});
