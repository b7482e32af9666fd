import { type CommandMeta, type Uuid, randomId } from '#libs/kernel';
import { principalIdOf } from './events.js';

/** What a process says when it acts by itself. `causationId` defaults to the command, `reason` says why a person may want to know. */
export type ProcessCause = {
  readonly commandId?: Uuid;
  readonly correlationId?: Uuid;
  readonly causationId?: Uuid;
  readonly reason?: string;
};

/** The metadata of a command that Driftledger itself gives: the actor is the job `driftledger`, `via` names its part. */
export const processMeta = (part: string, cause: ProcessCause = {}): CommandMeta => {
  const commandId = cause.commandId ?? randomId();
  return {
    commandId,
    correlationId: cause.correlationId ?? randomId(),
    causationId: cause.causationId ?? commandId,
    actor: { principalId: principalIdOf('driftledger'), kind: 'job', via: part },
    source: { surface: 'internal', addressClass: 'process' },
    ...(cause.reason === undefined ? {} : { reason: cause.reason }),
  };
};
