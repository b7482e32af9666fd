import { readGoldenEvents } from '../../../test/support/golden-events.js';
import { DEPLOYMENT_EVENTS } from './events.js';

describe('deployment events', () => {
  it('of every version ever written can still be read', () => {
    expect(readGoldenEvents('deployments', DEPLOYMENT_EVENTS)).toHaveLength(DEPLOYMENT_EVENTS.length);
  });
});
