import { readGoldenEvents } from '../../../test/support/golden-events.js';
import { PREDICTION_EVENTS } from './events.js';

describe('events of predictions and labels', () => {
  it('of every version ever written can still be read', () => {
    expect(readGoldenEvents('predictions', PREDICTION_EVENTS)).toHaveLength(PREDICTION_EVENTS.length);
  });
});
