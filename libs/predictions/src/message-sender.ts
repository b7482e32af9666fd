import { type AccessLog, type Authenticator, type Directory, isPermitted, principalIdOf, type Recognised } from '#libs/identity';
import { type CommandMeta, isUuid, randomId, uuid } from '#libs/kernel';
import { type QueuedMessage } from '#libs/messaging';
import { IntakeRefused } from './refusals.js';

export type MessageSenderParts = {
  readonly authenticator: Authenticator;
  readonly directory: Directory;
  readonly log: AccessLog;
  /** Name of the principal on whose behalf messages without a key are taken; undefined where every message needs one. */
  readonly principal: string | undefined;
};

const BEARER = /^bearer +([^ ]{1,2000}) *$/i;
const ACTION = 'predictions.write';

/** Why a sender is not let in, as HTTP would answer it. */
export type NotLetIn = { readonly status: 401 | 403; readonly code: string; readonly detail: string };

/**
 * Who is behind a message: the owner of the key in its `Authorization` header, or else the principal of this installation's queue,
 * whose members have proven to the server who they are. Roles count as they are now, not as they were when the message was sent.
 */
export class MessageSender {
  constructor(private readonly parts: MessageSenderParts) {}

  /**
   * @param route the pattern of the message's subject
   * @throws IntakeRefused 503 while who may do what cannot be read
   */
  async of(message: QueuedMessage, route: string): Promise<CommandMeta | NotLetIn> {
    if (this.parts.directory.failure) throw IntakeRefused.unavailable('who may do what cannot be read at the moment');
    const recognised = this.recognise(message.header('authorization'));
    if ('status' in recognised) return recognised;
    const meta = metaOf(recognised, message, route);
    const { principalId, roles } = recognised.principal;
    if (isPermitted(roles, ACTION)) return meta;
    await this.parts.log.denied({ principalId, action: ACTION, heldRoles: roles, route, meta });
    return { status: 403, code: 'FORBIDDEN', detail: 'the sender has no role that may send predictions' };
  }

  private recognise(authorization: string | undefined): Recognised | NotLetIn {
    const { authenticator, log } = this.parts;
    if (authorization === undefined) return this.configured();
    const text = BEARER.exec(authorization)?.[1];
    const found = authenticator.authenticate(text === undefined ? { kind: 'malformed' } : { kind: 'key', text });
    if (found.kind === 'recognised') return found;
    log.unrecognised(found.reason);
    return { status: 401, code: 'UNAUTHENTICATED', detail: 'the key does not hold' };
  }

  private configured(): Recognised | NotLetIn {
    const { directory, log, principal: name } = this.parts;
    const principal = name === undefined ? undefined : directory.principal(principalIdOf(name));
    if (principal) {
      const { principalId, kind } = principal;
      return { kind: 'recognised', principal, actor: { principalId, kind, via: 'nats' } };
    }
    log.unrecognised('MISSING');
    const detail = name === undefined ? 'this needs a key: Authorization: Bearer dl_…' : `there is no principal named ${name}`;
    return { status: 401, code: 'UNAUTHENTICATED', detail };
  }
}

const metaOf = ({ actor }: Recognised, message: QueuedMessage, route: string): CommandMeta => {
  const commandId = randomId();
  const correlationId = message.header('x-correlation-id') ?? '';
  return {
    commandId,
    correlationId: isUuid(correlationId) ? uuid(correlationId) : commandId,
    causationId: commandId,
    actor,
    // Where the sender is, only the server of the bus knows.
    source: { surface: 'bus', route, addressClass: 'private' },
  };
};
