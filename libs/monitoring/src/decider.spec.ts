import { idOfName, type CommandMeta } from '#libs/kernel';
import { specify } from '../../../test/support/specify.js';
import { CreateMonitor, PauseMonitor, ResumeMonitor, ReviseMonitor } from './commands.js';
import { monitorDecider } from './decider.js';
import { defaultDefinition } from './defaults.js';
import { MonitorCreated, MonitorPaused, MonitorResumed, MonitorRevised } from './events.js';
import { monitorIdOf } from './ids.js';

const meta = (reason?: string): CommandMeta => {
  const id = idOfName('command', reason ?? 'plain');
  return {
    ...{ commandId: id, correlationId: id, causationId: id },
    actor: { principalId: id, kind: 'person', via: 'key' },
    source: { surface: 'graphql', addressClass: 'loopback' },
    ...(reason === undefined ? {} : { reason }),
  };
};
const definition = defaultDefinition({ predictionsPerDay: 1000 });
const hourly = { ...definition, windowMinutes: 60 };
const monitorId = monitorIdOf('flights');
const about = { monitorId, name: 'flights', deploymentId: idOfName('deployment', 'flights'), deployment: 'flights', definition };
const created = MonitorCreated.make({ ...about, definitionVersion: 1 });
const { given } = specify(monitorDecider);

describe('a monitor', () => {
  it('is created with its whole definition', () => given().when(new CreateMonitor(about, meta())).then(created));

  it('is created once: the same again is nothing to do, another definition is refused', () => {
    given(created).when(new CreateMonitor(about, meta())).thenNothing();
    given(created)
      .when(new CreateMonitor({ ...about, definition: hourly }, meta()))
      .thenRefused('MONITOR_EXISTS');
  });

  it('has a name that fits a path and a definition that can be measured', () => {
    given()
      .when(new CreateMonitor({ ...about, name: 'Flights!' }, meta()))
      .thenRefused('NAME_INVALID');
    const refused = (changes: Partial<typeof definition>) =>
      given()
        .when(new CreateMonitor({ ...about, definition: { ...definition, ...changes } }, meta()))
        .thenRefused('DEFINITION_INVALID');
    refused({ windowMinutes: 7 });
    refused({ timeZone: 'Mars/Base' });
    refused({ references: [] });
    refused({ alerting: { k: 3, n: 2, m: 1 } });
  });

  it('changes its definition only with a reason', () => {
    given(created)
      .when(new ReviseMonitor({ monitorId, definition: hourly }, meta()))
      .thenRefused('REASON_REQUIRED');
    given(created)
      .when(new ReviseMonitor({ monitorId, definition: hourly }, meta('more traffic')))
      .then(MonitorRevised.make({ monitorId, definitionVersion: 2, definition: hourly }));
    given(created)
      .when(new ReviseMonitor({ monitorId, definition }, meta('no change')))
      .thenNothing();
  });

  it('is paused only with a reason and resumed by anybody', () => {
    given(created).when(new PauseMonitor({ monitorId }, meta())).thenRefused('REASON_REQUIRED');
    given(created)
      .when(new PauseMonitor({ monitorId }, meta('holidays')))
      .then(MonitorPaused.make({ monitorId }));
    given(created, MonitorPaused.make({ monitorId }))
      .when(new ResumeMonitor({ monitorId }, meta()))
      .then(MonitorResumed.make({ monitorId }));
    given(created).when(new ResumeMonitor({ monitorId }, meta())).thenNothing();
  });

  it('must exist to be changed', () => {
    given()
      .when(new PauseMonitor({ monitorId }, meta('x')))
      .thenRefused('NO_SUCH_MONITOR');
  });
});
