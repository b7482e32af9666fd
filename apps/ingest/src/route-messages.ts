import { deploymentIdOf, NAME_PATTERN } from '#libs/deployments';
import { type QueuedMessage, type QueueWorker, type Verdict } from '#libs/messaging';
import { type MessageRelay } from '#libs/messaging/nats';
import { type Writers } from './writers.js';

const SUBJECT = /^driftledger\.(?:predictions|labels)\.(.+)$/;
/** By then a role that changes hands has its next holder, more often than not. */
const LATER: Verdict = { kind: 'later', afterMs: 1_000 };

/** Undefined for what no deployment can be named: its work is to be refused, by anybody. */
const deploymentOf = ({ subject }: QueuedMessage): string | undefined => {
  const name = SUBJECT.exec(subject)?.[1];
  return name !== undefined && NAME_PATTERN.test(name) ? deploymentIdOf(name) : undefined;
};

export type MessageRoutes = {
  readonly work: QueueWorker;
  readonly writers: Pick<Writers, 'writerOf' | 'forget'>;
  readonly relay: Pick<MessageRelay, 'fits' | 'send'>;
};

/** Does the work of messages of the queue where their deployment is written, at most one hop away, as requests over HTTP are sent on. */
export const routed =
  ({ work, writers, relay }: MessageRoutes): QueueWorker =>
  async (message) => {
    const deploymentId = deploymentOf(message);
    if (deploymentId === undefined) return work(message);
    const writer = await writers.writerOf(deploymentId);
    if (writer.kind === 'nobody') return LATER;
    // One that cannot be sent on is stored here: the expected revision keeps that harmless, and it is rare.
    if (writer.kind === 'here' || !relay.fits(message)) return work(message);
    try {
      return await relay.send(writer.url, message);
    } catch {
      // Whether it was stored is unknown: it comes again under the same key.
      writers.forget(deploymentId);
      return LATER;
    }
  };

/** Does the work of messages that another copy has sent here, unless the role has moved on: they are not sent on again. */
export const received =
  ({ work, writers }: Pick<MessageRoutes, 'work' | 'writers'>): QueueWorker =>
  async (message) => {
    const deploymentId = deploymentOf(message);
    const writer = deploymentId === undefined ? undefined : await writers.writerOf(deploymentId);
    return writer?.kind === 'here' ? work(message) : LATER;
  };
