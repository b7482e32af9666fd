import { type Place } from './checkpoints.js';
import { type Expected } from './expected-version.js';
import { shared, streams } from './generated.js';
import { type LogRecord } from './log.js';
import { type Proposed } from './store.js';

/** .NET counts in ticks of 100 ns. */
const TICKS_PER_MS = 10_000n;

export const streamNameOf = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export const streamIdentifier = (name: string): shared.StreamIdentifier => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name, 'utf8'));
  return identifier;
};

export const uuidOf = (id: string): shared.UUID => {
  const uuid = new shared.UUID();
  uuid.setString(id);
  return uuid;
};

type ProposedMessage = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage;

/** @throws Error with the missing keys when a message has no `type` or `content-type` */
export const proposedOf = (message: ProposedMessage): Proposed => {
  const map = message.getMetadataMap();
  const [type, contentType] = [map.get('type'), map.get('content-type')];
  if (type === undefined || contentType === undefined) throw new Error('type,content-type');
  return {
    id: message.getId()?.getString() ?? '',
    type,
    contentType,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
};

type WithExpectation = {
  hasNoStream(): boolean;
  hasStreamExists?(): boolean;
  hasRevision?(): boolean;
  getRevision?(): string;
};

/** What Append, Delete and Tombstone say of the stream: the three have the same fields. */
export const expectedOf = (options: WithExpectation | undefined): Expected => {
  if (options?.hasRevision?.()) return BigInt(options.getRevision?.() ?? '0');
  if (options?.hasNoStream()) return 'no_stream';
  return options?.hasStreamExists?.() ? 'stream_exists' : 'any';
};

const recordedEvent = (record: LogRecord): streams.ReadResp.ReadEvent.RecordedEvent => {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuidOf(record.id));
  recorded.setStreamIdentifier(streamIdentifier(record.stream));
  recorded.setStreamRevision(record.revision.toString());
  recorded.setCommitPosition(record.position.toString());
  recorded.setPreparePosition(record.position.toString());
  recorded.setData(record.data);
  recorded.setCustomMetadata(record.metadata);
  recorded
    .getMetadataMap()
    .set('type', record.type)
    .set('content-type', record.contentType)
    .set('created', (BigInt(record.createdMs) * TICKS_PER_MS).toString());
  return recorded;
};

export const eventResponse = (record: LogRecord): streams.ReadResp => {
  const event = new streams.ReadResp.ReadEvent();
  event.setEvent(recordedEvent(record));
  event.setCommitPosition(record.position.toString());
  const response = new streams.ReadResp();
  response.setEvent(event);
  return response;
};

export const checkpointResponse = ({ commit, prepare }: Place): streams.ReadResp => {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(commit.toString());
  checkpoint.setPreparePosition(prepare.toString());
  const response = new streams.ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
};

export const caughtUpResponse = (): streams.ReadResp => {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
};

export const confirmationResponse = (subscriptionId: string): streams.ReadResp => {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(subscriptionId);
  const response = new streams.ReadResp();
  response.setConfirmation(confirmation);
  return response;
};

export const notFoundResponse = (stream: string): streams.ReadResp => {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(streamIdentifier(stream));
  const response = new streams.ReadResp();
  response.setStreamNotFound(notFound);
  return response;
};
