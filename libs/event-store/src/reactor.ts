import { type CommandMeta, type Recorded, derivedId, idOfName, isUuid, uuid } from '#libs/kernel';
import { type DecodedSubscription } from './subscription.js';

/** Event in, commands out. `metaFor` gives the metadata of a command that answers the event; a salt tells several apart. */
export type Reactor = {
  readonly name: string;
  readonly handles: readonly string[];
  /** `park` only for reactors that call systems outside; see `Subscription`. */
  readonly onPoison: 'stop' | 'park';
  readonly react: (event: Recorded, metaFor: (salt?: string) => CommandMeta, signal: AbortSignal) => Promise<void>;
};

/**
 * The metadata of a command by which a reactor answers an event. The command id follows from the event and the reactor, so that a
 * replay sends the same command again and changes nothing.
 */
export const metaOfAnswer = (event: Recorded, reactor: string, salt?: string): CommandMeta => {
  const { $correlationId, traceparent } = event.metadata;
  return {
    commandId: derivedId(event.id, salt === undefined ? reactor : `${reactor}/${salt}`),
    correlationId: isUuid($correlationId) ? uuid($correlationId) : event.id,
    causationId: event.id,
    actor: { principalId: idOfName('job', reactor), kind: 'job', via: `reactor:${reactor}` },
    source: { surface: 'internal', addressClass: 'process' },
    ...(traceparent === undefined ? {} : { traceparent }),
  };
};

/** A reactor as a subscription: one event after the other, in log order. */
export const reactorSubscription = ({ name, handles, onPoison, react }: Reactor): DecodedSubscription => ({
  name,
  handles,
  onPoison,
  handle: async (batch, signal) => {
    for (const event of batch) {
      if (signal.aborted) return;
      await react(event, (salt) => metaOfAnswer(event, name, salt), signal);
    }
  },
});
