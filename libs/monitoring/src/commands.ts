import { Command } from '@nestjs/cqrs';
import { type CommandMeta } from '#libs/kernel';
import { type EventOf, type Outcome } from '#libs/event-store';
import { type TrafficFacts } from './defaults.js';
import {
  type LateArrivalsCounted,
  type MeasurementRecorded,
  type MeasurementSkipped,
  type MeasurementsSettled,
  type ReferenceFrozen,
  type ReferenceImported,
  type RestatementFinished,
  type WindowTick,
} from './events.js';

/** Why a command about a monitor is refused. */
export type MonitorRefusal =
  'MONITOR_EXISTS' | 'NO_SUCH_MONITOR' | 'NO_SUCH_DEPLOYMENT' | 'NAME_INVALID' | 'DEFINITION_INVALID' | 'REASON_REQUIRED';
/** Why a measurement or a reference is not recorded, or not asked for. */
export type MeasurementRefusal = 'NO_SUCH_MONITOR' | 'REVISION_OUT_OF_ORDER' | 'REFERENCE_EXISTS';
/** Every refusal of the context. */
export type MonitoringRefusal = MonitorRefusal | MeasurementRefusal;

type Target = { readonly monitorId: string };

/**
 * Creates a monitor under a name that never changes. Repeating it with the same definition is accepted and records nothing.
 * `traffic` is what the deployment's default follows from, missing where no deployment has this name; `definition` has the parts that
 * differ from that default, as they were sent.
 */
export class CreateMonitor extends Command<Outcome<MonitorRefusal>> {
  readonly type = 'CreateMonitor';
  constructor(
    readonly data: Target & { name: string; deploymentId: string; deployment: string; traffic?: TrafficFacts; definition: unknown },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Changes the definition for windows measured from now on; needs a reason. `definition` has the parts that change, as they were sent. */
export class ReviseMonitor extends Command<Outcome<MonitorRefusal>> {
  readonly type = 'ReviseMonitor';
  constructor(
    readonly data: Target & { definition: unknown },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Stops measuring; needs a reason, because a silent monitor must be somebody's decision. */
export class PauseMonitor extends Command<Outcome<MonitorRefusal>> {
  readonly type = 'PauseMonitor';
  constructor(
    readonly data: Target,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Measures again, including the windows that closed meanwhile. */
export class ResumeMonitor extends Command<Outcome<MonitorRefusal>> {
  readonly type = 'ResumeMonitor';
  constructor(
    readonly data: Target,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

export type MonitorCommand = CreateMonitor | ReviseMonitor | PauseMonitor | ResumeMonitor;
export const MONITOR_COMMANDS = [CreateMonitor, ReviseMonitor, PauseMonitor, ResumeMonitor] as const;

/** Records one revision of one window, whole: above 500 subjects in several parts. */
export class RecordMeasurement extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'RecordMeasurement';
  constructor(
    readonly data: Target & { parts: readonly EventOf<typeof MeasurementRecorded>['data'][] },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Records that a closed window could not be measured. */
export class SkipMeasurement extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'SkipMeasurement';
  constructor(
    readonly data: EventOf<typeof MeasurementSkipped>['data'],
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Closes windows for late rows or labels. */
export class SettleMeasurements extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'SettleMeasurements';
  constructor(
    readonly data: EventOf<typeof MeasurementsSettled>['data'],
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Counts what came for windows after they were settled. */
export class CountLateArrivals extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'CountLateArrivals';
  constructor(
    readonly data: EventOf<typeof LateArrivalsCounted>['data'],
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Says that time has come while the deployment was silent. */
export class RecordTick extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'RecordTick';
  constructor(
    readonly data: EventOf<typeof WindowTick>['data'],
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Makes a span of predictions a reference. */
export class FreezeReference extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'FreezeReference';
  constructor(
    readonly data: EventOf<typeof ReferenceFrozen>['data'],
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Makes the counts of a file a reference. */
export class ImportReference extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'ImportReference';
  constructor(
    readonly data: Target & { parts: readonly EventOf<typeof ReferenceImported>['data'][] },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/**
 * Asks to measure again, now, every closed window that has new rows or labels, also those that were settled. `monitorKnown`: whether the
 * monitor's own stream exists, which the stream of its measurements cannot tell.
 */
export class RestateMeasurements extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'RestateMeasurements';
  constructor(
    readonly data: Target & { readonly monitorKnown: boolean },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Answers the requests to measure again. */
export class FinishRestatement extends Command<Outcome<MeasurementRefusal>> {
  readonly type = 'FinishRestatement';
  constructor(
    readonly data: EventOf<typeof RestatementFinished>['data'],
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

export type MeasurementCommand =
  | RecordMeasurement
  | SkipMeasurement
  | SettleMeasurements
  | CountLateArrivals
  | RecordTick
  | FreezeReference
  | ImportReference
  | RestateMeasurements
  | FinishRestatement;
export const MEASUREMENT_COMMANDS = [
  RecordMeasurement,
  SkipMeasurement,
  SettleMeasurements,
  CountLateArrivals,
  RecordTick,
  FreezeReference,
  ImportReference,
  RestateMeasurements,
  FinishRestatement,
] as const;
