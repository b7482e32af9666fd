import { Command } from '@nestjs/cqrs';
import { type CommandMeta, type Instant } from '#libs/kernel';
import { type Outcome } from '#libs/event-store';
import { type AlertPolicy, type Judgement } from './judgement.js';

/** Why an alert command is refused. */
export type AlertRefusal =
  | 'NO_SUCH_ALERT'
  | 'NO_ALERT_RAISED'
  | 'ALREADY_ACKNOWLEDGED'
  | 'ALREADY_SILENCED'
  | 'NOT_SILENCED'
  | 'REASON_REQUIRED'
  | 'SILENCE_ENDS_IN_PAST'
  | 'SILENCE_TOO_LONG';

/** `episode` is the one the caller saw: a command about an alert that ended never touches the one raised since. */
type Target = { readonly alertId: string; readonly episode: number };

/** Sent by the reactor for each subject of a measurement. `restatement`: the window was judged before, for that `why`. */
export class JudgeMeasurement extends Command<Outcome<AlertRefusal>> {
  readonly type = 'JudgeMeasurement';
  constructor(
    readonly data: {
      readonly alertId: string;
      readonly monitorId: string;
      readonly monitor: string;
      readonly deploymentId: string;
      readonly deployment: string;
      readonly subject: string;
      readonly policy: AlertPolicy;
      readonly judgement: Judgement;
      readonly restatement?: { readonly why: string };
      /** When the measurement was recorded: what a silence is held against. */
      readonly at: Instant;
    },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Somebody has seen it and takes care. */
export class AcknowledgeAlert extends Command<Outcome<AlertRefusal>> {
  readonly type = 'AcknowledgeAlert';
  constructor(
    readonly data: Target & { readonly note?: string; readonly at: Instant },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Publishes nothing of this subject until then, this episode and later ones. Needs a reason; a new silence replaces the old. */
export class SilenceAlert extends Command<Outcome<AlertRefusal>> {
  readonly type = 'SilenceAlert';
  constructor(
    readonly data: Target & { readonly until: Instant; readonly reason: string; readonly at: Instant },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Ends a silence before its time. Needs a reason. */
export class EndSilence extends Command<Outcome<AlertRefusal>> {
  readonly type = 'EndSilence';
  constructor(
    readonly data: Target & { readonly reason: string; readonly at: Instant },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Clears a raised alert by decision of a person; needs a reason. A breach after it starts a new episode. */
export class ClearAlert extends Command<Outcome<AlertRefusal>> {
  readonly type = 'ClearAlert';
  constructor(
    readonly data: Target & { readonly reason: string; readonly at: Instant },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

export type AlertCommand = JudgeMeasurement | AcknowledgeAlert | SilenceAlert | EndSilence | ClearAlert;

/** All commands of the context, for the write module. */
export const ALERT_COMMANDS = [JudgeMeasurement, AcknowledgeAlert, SilenceAlert, EndSilence, ClearAlert] as const;
