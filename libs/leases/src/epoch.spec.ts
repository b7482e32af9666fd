import { instant } from '#libs/kernel';
import { nextEpoch } from './epoch.js';

describe('nextEpoch', () => {
  it('is the time at first, and after the last token was forgotten', () => {
    expect(nextEpoch(undefined, instant(1_700_000_000_000))).toBe(1_700_000_000_000n);
  });

  it('grows with every take-over, also within a millisecond and when the clock runs backwards', () => {
    expect(nextEpoch(5n, instant(9))).toBe(9n);
    expect(nextEpoch(9n, instant(9))).toBe(10n);
    expect(nextEpoch(10n, instant(3))).toBe(11n);
  });
});
