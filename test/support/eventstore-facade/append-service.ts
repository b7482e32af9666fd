import { type handleClientStreamingCall, type handleUnaryCall } from '@grpc/grpc-js';
import { performAppend } from './appending.js';
import { type Expected } from './expected-version.js';
import { shared, streams } from './generated.js';
import { checkAccess, checkLeader, countCall, type FacadeNode } from './node.js';
import { Refused, missingMetadata, streamDeleted, tooLarge, wrongExpectedVersion } from './refusals.js';
import { type Proposed, type Written } from './store.js';
import { expectedOf, proposedOf, streamNameOf } from './wire.js';

const success = (revision: bigint, position: bigint | undefined): streams.AppendResp => {
  const said = new streams.AppendResp.Success();
  if (revision < 0n) said.setNoStream(new shared.Empty());
  else said.setCurrentRevision(revision.toString());
  if (position === undefined) said.setNoPosition(new shared.Empty());
  else {
    const at = new streams.AppendResp.Position();
    at.setCommitPosition(position.toString());
    at.setPreparePosition(position.toString());
    said.setPosition(at);
  }
  const response = new streams.AppendResp();
  response.setSuccess(said);
  return response;
};

/** Of Append alone: a conflict is an answer, not an error. */
const conflict = (expected: Expected, current: bigint): streams.AppendResp => {
  const said = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0n) said.setCurrentNoStream(new shared.Empty());
  else said.setCurrentRevision(current.toString());
  if (expected === 'any') said.setExpectedAny(new shared.Empty());
  else if (expected === 'stream_exists') said.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'no_stream') said.setExpectedNoStream(new shared.Empty());
  else said.setExpectedRevision(expected.toString());
  const response = new streams.AppendResp();
  response.setWrongExpectedVersion(said);
  return response;
};

const answerOf = (stream: string, expected: Expected, written: Written): streams.AppendResp => {
  switch (written.kind) {
    case 'written':
      return success(written.revision, written.position);
    case 'idempotent':
      return success(written.revision, undefined);
    case 'wrong-version':
      return conflict(expected, written.current);
    case 'deleted':
      throw streamDeleted(stream);
    case 'too-large':
      throw tooLarge(written.limit);
  }
};

/** @throws Refused when a message lacks a key every event has */
const eventOf = (request: streams.AppendReq): Proposed | undefined => {
  const message = request.getProposedMessage();
  try {
    return message && proposedOf(message);
  } catch (error) {
    throw missingMetadata(error instanceof Error ? error.message : 'type');
  }
};

/** Runs what answers a call; what it throws becomes the status of the call. */
const orRefuse = (refuse: (refusal: Refused) => void, action: () => void): void => {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refuse(error);
  }
};

/** Append: options first, then the events, one message each; the answer when the client has ended. */
export const appendHandler =
  (node: FacadeNode): handleClientStreamingCall<streams.AppendReq, streams.AppendResp> =>
  (call, callback) => {
    countCall(node, 'Append');
    const requests: streams.AppendReq[] = [];
    const refuse = (refusal: Refused): void => callback(refusal);
    call.on('data', (request: streams.AppendReq) => requests.push(request));
    call.on('end', () =>
      orRefuse(refuse, () => {
        // A call that was given up in the middle ends too, with some of its events: a server writes all or nothing.
        if (call.cancelled) return;
        const options = requests[0]?.getOptions();
        const [stream, expected] = [streamNameOf(options?.getStreamIdentifier()), expectedOf(options)];
        checkLeader(node, call.metadata, true);
        checkAccess(node, call.metadata, stream);
        const events = requests.flatMap((request) => eventOf(request) ?? []);
        node.counted.plainAppends += 1;
        const give = (written: Written): void => orRefuse(refuse, () => callback(null, answerOf(stream, expected, written)));
        performAppend(node, { stream, expected, events }, { give, refuse, fail: refuse });
      }),
    );
  };

const positionOfWrite = (stream: string, expected: Expected, written: Written): bigint => {
  if (written.kind === 'written') return written.position;
  if (written.kind === 'wrong-version') throw wrongExpectedVersion(stream, expected, written.current);
  throw streamDeleted(stream);
};

/** Delete: hides the events of a stream, which may be written again. */
export const deleteHandler =
  (node: FacadeNode): handleUnaryCall<streams.DeleteReq, streams.DeleteResp> =>
  (call, callback) => {
    countCall(node, 'Delete');
    orRefuse(callback, () => {
      const options = call.request.getOptions();
      const [stream, expected] = [streamNameOf(options?.getStreamIdentifier()), expectedOf(options)];
      checkLeader(node, call.metadata, true);
      checkAccess(node, call.metadata, stream);
      const position = positionOfWrite(stream, expected, node.store.softDelete(stream, expected)).toString();
      const at = new streams.DeleteResp.Position();
      at.setCommitPosition(position);
      at.setPreparePosition(position);
      const response = new streams.DeleteResp();
      response.setPosition(at);
      callback(null, response);
    });
  };

/** Tombstone: ends a stream for good. */
export const tombstoneHandler =
  (node: FacadeNode): handleUnaryCall<streams.TombstoneReq, streams.TombstoneResp> =>
  (call, callback) => {
    countCall(node, 'Tombstone');
    orRefuse(callback, () => {
      const options = call.request.getOptions();
      const [stream, expected] = [streamNameOf(options?.getStreamIdentifier()), expectedOf(options)];
      checkLeader(node, call.metadata, true);
      checkAccess(node, call.metadata, stream);
      const position = positionOfWrite(stream, expected, node.store.tombstone(stream, expected)).toString();
      const at = new streams.TombstoneResp.Position();
      at.setCommitPosition(position);
      at.setPreparePosition(position);
      const response = new streams.TombstoneResp();
      response.setPosition(at);
      callback(null, response);
    });
  };
