import { accept, refuse, unreachable, type Decider, type Decision, type Refusal } from '#libs/kernel';
import { NAME_PATTERN } from '#libs/deployments';
import { type MonitorCommand, type MonitorRefusal } from './commands.js';
import { MonitorDefinition } from './definition.js';
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
      const problem = problemOf(command.data.definition);
      if (problem !== undefined) return refuse('DEFINITION_INVALID', problem, { field: 'definition' });
      if (same(command.data.definition, state.definition)) return accept();
      if (!command.meta.reason) return reasonRequired('a change of what is measured');
      const definitionVersion = state.definitionVersion + 1;
      return accept(MonitorRevised.make({ monitorId, definitionVersion, definition: command.data.definition }));
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

function create(data: Extract<MonitorCommand, { type: 'CreateMonitor' }>['data'], state: MonitorState): Answer {
  if (!NAME_PATTERN.test(data.name)) return refuse('NAME_INVALID', `a name matches ${NAME_PATTERN.source}`, { field: 'name' });
  const problem = problemOf(data.definition);
  if (problem !== undefined) return refuse('DEFINITION_INVALID', problem, { field: 'definition' });
  if (state.status === 'unknown') return accept(MonitorCreated.make({ ...data, definitionVersion: 1 }));
  if (state.deploymentId === data.deploymentId && same(state.definition, data.definition)) return accept();
  return refuse('MONITOR_EXISTS', `a monitor named ${data.name} exists with another definition`, { field: 'name' });
}

const reasonRequired = (what: string): Answer => refuse('REASON_REQUIRED', `${what} needs a reason`, { field: 'reason' });

const problemOf = (definition: MonitorDefinition): string | undefined => {
  const parsed = MonitorDefinition.safeParse(definition);
  const issue = parsed.error?.issues[0];
  if (issue) return `${issue.path.join('.')}: ${issue.message}`;
  const { k, n } = definition.alerting;
  return k > n ? 'alerting.k: cannot be more than n' : undefined;
};

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
