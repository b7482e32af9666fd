import { accept, refuse, unreachable, type Decider, type Decision, type Refusal } from '#libs/kernel';
import { NAME_PATTERN } from '#libs/deployments';
import { type MonitorCommand, type MonitorRefusal } from './commands.js';
import { defaultDefinition } from './defaults.js';
import { type MonitorDefinition } from './definition.js';
import { changedDefinition, withFittingAlerting } from './definition-changes.js';
import { inPresentVersions } from './definition-versions.js';
import { MonitorCreated, MonitorPaused, MonitorResumed, MonitorRevised, type MonitorEvent } from './events.js';

/** What deciding about a monitor needs. */
export type MonitorState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'active' | 'paused';
      readonly monitorId: string;
      readonly name: string;
      readonly deploymentId: string;
      readonly deployment: string;
      readonly definitionVersion: number;
      readonly definition: MonitorDefinition;
    };

type Answer = Decision<MonitorEvent, Refusal<MonitorRefusal>>;

/** Rules of a monitor's own life; what it measures is decided by `measurements-decider.ts`. */
export const monitorDecider: Decider<MonitorState, MonitorCommand, MonitorEvent, Refusal<MonitorRefusal>> = {
  initialState: () => ({ status: 'unknown' }),
  evolve,
  decide,
};

function decide(command: MonitorCommand, state: MonitorState): Answer {
  if (command.type === 'CreateMonitor') return create(command.data, state);
  if (state.status === 'unknown') return refuse('NO_SUCH_MONITOR', 'no monitor has this id');
  const { monitorId } = state;
  switch (command.type) {
    case 'ReviseMonitor': {
      const changed = changedDefinition(state.definition, command.data.definition);
      if ('problem' in changed) return refuse('DEFINITION_INVALID', changed.problem, { field: 'definition' });
      if (same(changed.definition, state.definition)) return accept();
      if (!command.meta.reason) return reasonRequired('a change of what is measured');
      return accept(MonitorRevised.make({ monitorId, definitionVersion: state.definitionVersion + 1, ...changed }));
    }
    case 'PauseMonitor':
      if (state.status === 'paused') return accept();
      return command.meta.reason ? accept(MonitorPaused.make({ monitorId })) : reasonRequired('a pause');
    case 'ResumeMonitor':
      return state.status === 'active' ? accept() : accept(MonitorResumed.make({ monitorId }));
    default:
      return unreachable(command);
  }
}

type Creation = Extract<MonitorCommand, { type: 'CreateMonitor' }>['data'];

function create({ traffic, definition: changes, ...about }: Creation, state: MonitorState): Answer {
  if (!traffic) return refuse('NO_SUCH_DEPLOYMENT', `no deployment is named ${about.deployment}`, { field: 'deployment' });
  if (!NAME_PATTERN.test(about.name)) return refuse('NAME_INVALID', `a name matches ${NAME_PATTERN.source}`, { field: 'name' });
  const changed = changedDefinition(defaultDefinition(traffic), withFittingAlerting(changes));
  if ('problem' in changed) return refuse('DEFINITION_INVALID', changed.problem, { field: 'definition' });
  if (state.status === 'unknown') return accept(MonitorCreated.make({ ...about, ...changed, definitionVersion: 1 }));
  if (state.deploymentId === about.deploymentId && same(inPresentVersions(state.definition), changed.definition)) return accept();
  return refuse('MONITOR_EXISTS', `a monitor named ${about.name} exists with another definition`, { field: 'name' });
}

const reasonRequired = (what: string): Answer => refuse('REASON_REQUIRED', `${what} needs a reason`, { field: 'reason' });

/** Definitions are plain data; key order does not matter. */
const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

function evolve(state: MonitorState, event: MonitorEvent): MonitorState {
  if (event.type === 'MonitorCreated') return { status: 'active', ...event.data };
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'MonitorRevised':
      return { ...state, definitionVersion: event.data.definitionVersion, definition: event.data.definition };
    case 'MonitorPaused':
      return { ...state, status: 'paused' };
    case 'MonitorResumed':
      return { ...state, status: 'active' };
    default:
      return unreachable(event);
  }
}
