import { readGoldenEvents } from '../../../test/support/golden-events.js';
import { MONITORING_EVENTS } from './events.js';
import { measurementsStream, monitorIdOf, monitorStream, revisionCommandId } from './ids.js';

describe('monitoring events', () => {
  it('of every version ever written can still be read', () => {
    expect(readGoldenEvents('monitoring', MONITORING_EVENTS)).toHaveLength(MONITORING_EVENTS.length);
  });

  it('go to streams that follow from the name of the monitor and do not show it', () => {
    const monitorId = monitorIdOf('flights-daily');
    expect(monitorId).toBe(monitorIdOf('flights-daily'));
    expect(monitorStream(monitorId)).toBe(`monitor-${monitorId}`);
    expect(measurementsStream(monitorId)).not.toContain('flights');
  });

  it('of one revision come from one command, whoever measures it and how often', () => {
    const monitorId = monitorIdOf('flights-daily');
    expect(revisionCommandId(monitorId, 'drift', 100, 1)).toBe(revisionCommandId(monitorId, 'drift', 100, 1));
    const others = [
      revisionCommandId(monitorId, 'performance', 100, 1),
      revisionCommandId(monitorId, 'drift', 100, 2),
      revisionCommandId(monitorId, 'drift', 1001, 1),
    ];
    expect(others).not.toContain(revisionCommandId(monitorId, 'drift', 100, 1));
  });
});
