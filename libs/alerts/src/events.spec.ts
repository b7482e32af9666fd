import { idOfName } from '#libs/kernel';
import { readGoldenEvents } from '../../../test/support/golden-events.js';
import { ALERT_EVENTS, alertIdOf, alertStream, episodeIdOf } from './events.js';

describe('alert events', () => {
  it('of every version ever written can still be read', () => {
    expect(readGoldenEvents('alerts', ALERT_EVENTS).map(({ type }) => type)).toHaveLength(ALERT_EVENTS.length);
  });

  it('go to a stream that follows from monitor and subject, and names neither', () => {
    const alertId = alertIdOf(idOfName('monitor', 'flights'), 'feature:origin');
    expect(alertStream(alertId)).toMatch(/^alert-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect(alertId).toBe(alertIdOf(idOfName('monitor', 'flights'), 'feature:origin'));
    expect(alertId).not.toBe(alertIdOf(idOfName('monitor', 'flights'), 'feature:destination'));
    expect(episodeIdOf(alertId, 1)).not.toBe(episodeIdOf(alertId, 2));
  });
});
