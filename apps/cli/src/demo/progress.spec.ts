import { describe, expect, it } from '@jest/globals';
import { bar, lineProgress } from './progress.js';

describe('bar', () => {
  it.each([
    [0, '░'.repeat(28) + '   0 %'],
    [0.5, '█'.repeat(14) + '░'.repeat(14) + '  50 %'],
    [1, '█'.repeat(28) + ' 100 %'],
  ])('shows %d', (fraction, text) => {
    expect(bar(fraction)).toBe(text);
  });
});

describe('lineProgress', () => {
  it('draws a few times a second, however often it is told', () => {
    let now = 0;
    const written: string[] = [];
    const progress = lineProgress(
      (text) => written.push(text),
      () => now,
    );
    for (now = 0; now < 1000; now += 1) progress.at(now / 1000, `day ${now}`);
    expect(written).toHaveLength(7);
    expect(written.every((text) => text.startsWith('\r'))).toBe(true);
  });

  it('clears its line at the end', () => {
    const written: string[] = [];
    const progress = lineProgress(
      (text) => written.push(text),
      () => 0,
    );
    progress.step('reading');
    progress.end();
    expect(written.join('')).toBe('\r\u001b[Kreading\r\u001b[K');
  });
});
