import { type Message } from 'google-protobuf';
import { type Expected } from './expected-version.js';
import { any, empty, shared, status, streams } from './generated.js';
import { type Written } from './store.js';
import { streamIdentifier, uuidOf } from './wire.js';

/** Codes of google.rpc, as the server puts them into its answers. */
const CODE = { INVALID_ARGUMENT: 3, DEADLINE_EXCEEDED: 4, NOT_FOUND: 5, ALREADY_EXISTS: 6 } as const;

export type Correlated = { readonly correlationId: string; readonly stream: string };

const responseTo = ({ correlationId, stream }: Correlated): streams.BatchAppendResp => {
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(uuidOf(correlationId));
  // Clients read the name of the stream of every error from here.
  response.setStreamIdentifier(streamIdentifier(stream));
  return response;
};

type Detail = {
  readonly code: (typeof CODE)[keyof typeof CODE];
  readonly text: string;
  readonly typeName: string;
  readonly details: Message;
};

const errorTo = (to: Correlated, { code, text, typeName, details }: Detail): streams.BatchAppendResp => {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${typeName}`);
  const error = new status.Status();
  error.setCode(code);
  error.setMessage(text);
  error.setDetails(packed);
  const response = responseTo(to);
  response.setError(error);
  return response;
};

export const successTo = (to: Correlated, revision: bigint, position: bigint | undefined): streams.BatchAppendResp => {
  const said = new streams.BatchAppendResp.Success();
  if (revision < 0n) said.setNoStream(new empty.Empty());
  else said.setCurrentRevision(revision.toString());
  if (position === undefined) said.setNoPosition(new empty.Empty());
  else {
    const at = new shared.AllStreamPosition();
    at.setCommitPosition(position.toString());
    at.setPreparePosition(position.toString());
    said.setPosition(at);
  }
  const response = responseTo(to);
  response.setSuccess(said);
  return response;
};

export const timeoutTo = (to: Correlated): streams.BatchAppendResp =>
  errorTo(to, { code: CODE.DEADLINE_EXCEEDED, text: 'Timeout', typeName: 'Timeout', details: new shared.Timeout() });

export const tooLargeTo = (to: Correlated, limit: number): streams.BatchAppendResp => {
  const details = new shared.MaximumAppendSizeExceeded();
  details.setMaxappendsize(limit);
  return errorTo(to, { code: CODE.INVALID_ARGUMENT, text: 'Maximum Append Size Exceeded', typeName: 'MaximumAppendSizeExceeded', details });
};

/** What servers since 24.10 say of one event too large, and whatever else clients have no word for. */
export const badRequestTo = (to: Correlated, text: string): streams.BatchAppendResp => {
  const details = new shared.BadRequest();
  details.setMessage(text);
  return errorTo(to, { code: CODE.INVALID_ARGUMENT, text, typeName: 'BadRequest', details });
};

const deletedTo = (to: Correlated): streams.BatchAppendResp => {
  const details = new shared.StreamDeleted();
  details.setStreamIdentifier(streamIdentifier(to.stream));
  return errorTo(to, { code: CODE.NOT_FOUND, text: 'Stream Deleted', typeName: 'StreamDeleted', details });
};

const conflictTo = (to: Correlated, expected: Expected, current: bigint): streams.BatchAppendResp => {
  const details = new shared.WrongExpectedVersion();
  if (current < 0n) details.setCurrentNoStream(new empty.Empty());
  else details.setCurrentStreamRevision(current.toString());
  if (expected === 'any') details.setExpectedAny(new empty.Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new empty.Empty());
  else if (expected === 'no_stream') details.setExpectedNoStream(new empty.Empty());
  else details.setExpectedStreamPosition(expected.toString());
  return errorTo(to, { code: CODE.ALREADY_EXISTS, text: 'Wrong Expected Version', typeName: 'WrongExpectedVersion', details });
};

export const answerTo = (to: Correlated, expected: Expected, written: Written): streams.BatchAppendResp => {
  switch (written.kind) {
    case 'written':
      return successTo(to, written.revision, written.position);
    case 'idempotent':
      return successTo(to, written.revision, undefined);
    case 'wrong-version':
      return conflictTo(to, expected, written.current);
    case 'deleted':
      return deletedTo(to);
    case 'too-large':
      return tooLargeTo(to, written.limit);
  }
};
