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
const traffic = { predictionsPerDay: 1000 };
const definition = defaultDefinition(traffic);
const hourly = { ...definition, windowMinutes: 60 };
const monitorId = monitorIdOf('flights');
const named = { monitorId, name: 'flights', deploymentId: idOfName('deployment', 'flights'), deployment: 'flights' };
const about = { ...named, traffic, definition: {} };
const created = MonitorCreated.make({ ...named, definition, definitionVersion: 1 });
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
    const refused = (changes: unknown) =>
      given()
        .when(new CreateMonitor({ ...about, definition: changes }, meta()))
        .thenRefused('DEFINITION_INVALID');
    refused({ windowMinutes: 7 });
    refused({ timeZone: 'Mars/Base' });
    refused({ references: [] });
    refused({ alerting: { k: 3, n: 2, m: 1 } });
    refused({ windows: 7 });
    refused('hourly');
    given()
      .when(new CreateMonitor({ ...about, traffic: { ...traffic, timeZone: 'Mars/Base' } }, meta()))
      .thenRefused('DEFINITION_INVALID');
  });

  it('watches a deployment that exists', () => {
    const { traffic: _, ...unknown } = about;
    given().when(new CreateMonitor(unknown, meta())).thenRefused('NO_SUCH_DEPLOYMENT');
  });

  it('has the alerting that fits its windows unless it is given', () => {
    const short = { windowMinutes: 60, alerting: { k: 3, n: 5, m: 3 } };
    given()
      .when(new CreateMonitor({ ...about, definition: { windowMinutes: 60 } }, meta()))
      .then(MonitorCreated.make({ ...named, definition: { ...definition, ...short }, definitionVersion: 1 }));
  });

  it('keeps the parts of its definition that a change does not name, whatever was changed meanwhile', () => {
    const revised = MonitorRevised.make({ monitorId, definitionVersion: 2, definition: { ...definition, rowsMin: 300 } });
    given(created, revised)
      .when(new ReviseMonitor({ monitorId, definition: { latenessMinutes: 30 } }, meta('late data')))
      .then(MonitorRevised.make({ monitorId, definitionVersion: 3, definition: { ...definition, rowsMin: 300, latenessMinutes: 30 } }));
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
