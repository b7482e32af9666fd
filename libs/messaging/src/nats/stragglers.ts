import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';

/** The stream and the consumer that is to empty it. */
export type Emptying = { readonly stream: string; readonly consumer: string; readonly subjects: readonly string[] };

/**
 * Messages that are in the stream although the consumer has passed them. A server that was killed may leave some: the consumer and the
 * stream are written down apart, and the one that is ahead neither delivers nor removes what the other still has. Whether their work
 * was done cannot be seen from here, so it has to be done again.
 *
 * @throws an error of the client
 */
export async function* stragglers(manager: JetStreamManager, { stream, consumer, subjects }: Emptying): AsyncGenerator<StoredMsg> {
  // The consumer first: what it passes between the two questions is not looked at.
  const { ack_floor: floor } = await manager.consumers.info(stream, consumer);
  const { state } = await manager.streams.info(stream);
  for (const subject of subjects) {
    for (let from = state.first_seq; from > 0 && from <= floor.stream_seq;) {
      const found = await nextFrom(manager, stream, from, subject);
      if (!found || found.seq > floor.stream_seq) break;
      yield found;
      from = found.seq + 1;
    }
  }
}

const nextFrom = async (manager: JetStreamManager, stream: string, seq: number, subject: string): Promise<StoredMsg | undefined> => {
  try {
    return (await manager.direct.getMessage(stream, { seq, next_by_subj: subject })) ?? undefined;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) return undefined;
    throw error;
  }
};
