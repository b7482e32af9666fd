import { AccessDenied, isPassing, type RefusalLog, Timeout, Unavailable } from '#libs/event-store';
import { type CommandMeta } from '#libs/kernel';
import { type QueuedMessage, type Verdict } from '#libs/messaging';
import { type IntakeAnswer } from './answer.js';
import { BodyRefused } from './body.js';
import { type Intake } from './intake.js';
import { type MessageSender } from './message-sender.js';
import { IntakeRefused } from './refusals.js';

export type QueuedIntakeParts = {
  /** Where records go: the same intake that HTTP uses. */
  readonly intake: Pick<Intake, 'predictions' | 'labels'>;
  readonly sender: Pick<MessageSender, 'of'>;
  readonly refusals: RefusalLog;
  /** Hears of failures nobody foresaw. */
  readonly onFailure: (error: unknown) => void;
};

type Target = { readonly kind: 'predictions' | 'labels'; readonly deployment: string };
/** The members of a problem (RFC 9457) that a refused message is kept with. */
type Problem = { readonly status: number; readonly code: string; readonly detail: string; readonly [more: string]: unknown };

const SUBJECT = /^driftledger\.(predictions|labels)\.(.+)$/;
const COMMANDS = { predictions: 'RecordPredictions', labels: 'RecordLabels' } as const;
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 30_000;
/** Times that a failure nobody foresaw befalls a message until it counts as one of the message. */
const FAILURES_MAX = 10;
/** Messages whose failures are counted at a time; the count of the oldest is forgotten, which lets it be tried longer. */
const COUNTED_MAX = 10_000;
/** Refused records that are named beside the reason. */
const NAMED_MAX = 5;

/**
 * Predictions and labels that arrive as messages, body and answers as over HTTP. What HTTP answers with 429 and 503 is tried again later,
 * however long the log is away, as is what an engine fails with that is full or lets nobody in; every other refusal is final, recorded in
 * the log and kept beside the message.
 */
export class QueuedIntake {
  /** Failures nobody foresaw, by message. Deliveries would count what the message has no part in as well. */
  private readonly failures = new Map<string, number>();

  constructor(private readonly parts: QueuedIntakeParts) {}

  /** The verdict comes after the durable append, so a message that is delivered again is answered from what the log holds. */
  readonly work = async (message: QueuedMessage): Promise<Verdict> => {
    try {
      const verdict = await this.take(message);
      this.failures.delete(nameOf(message));
      return verdict;
    } catch (error) {
      if (error instanceof IntakeRefused) return later(message, (error.about.retryAfterSeconds ?? 1) * 1_000);
      if (error instanceof Unavailable || error instanceof Timeout) return later(message, PAUSE_MS);
      this.parts.onFailure(error);
      if (isPassing(error) || error instanceof AccessDenied || this.failed(message) < FAILURES_MAX) return later(message, PAUSE_MS);
      this.failures.delete(nameOf(message));
      return { kind: 'refused', problem: { status: 500, code: 'INTERNAL', detail: 'this could not be taken for a reason of ours' } };
    }
  };

  /** One more; how many they are now. */
  private failed(message: QueuedMessage): number {
    const name = nameOf(message);
    const times = (this.failures.get(name) ?? 0) + 1;
    this.failures.delete(name);
    this.failures.set(name, times);
    const [oldest] = this.failures.keys();
    if (this.failures.size > COUNTED_MAX && oldest !== undefined) this.failures.delete(oldest);
    return times;
  }

  private async take(message: QueuedMessage): Promise<Verdict> {
    const target = targetOf(message.subject);
    const meta = await this.parts.sender.of(message, target ? `driftledger.${target.kind}.*` : 'driftledger.*');
    if ('status' in meta) return { kind: 'refused', problem: meta };
    if (!target) return this.refused('predictions', meta, { status: 404, code: 'NO_SUCH_SUBJECT', detail: 'nothing is taken here' });
    try {
      const answer = await this.parts.intake[target.kind]({
        deployment: target.deployment,
        body: message.body,
        contentType: message.header('content-type'),
        contentEncoding: message.header('content-encoding'),
        key: message.key,
        meta,
      });
      return answer.accepted + answer.duplicates > 0 ? { kind: 'done' } : await this.refused(target.kind, meta, nothingAccepted(answer));
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return this.refused(target.kind, meta, problem);
    }
  }

  /** @throws what the log throws: a refusal that is not recorded did not happen */
  private async refused(kind: Target['kind'], meta: CommandMeta, problem: Problem): Promise<Verdict> {
    await this.parts.refusals.record({ type: COMMANDS[kind], meta }, { code: problem.code, detail: problem.detail });
    return { kind: 'refused', problem };
  }
}

const targetOf = (subject: string): Target | undefined => {
  const [, kind, deployment] = SUBJECT.exec(subject) ?? [];
  return (kind === 'predictions' || kind === 'labels') && deployment !== undefined ? { kind, deployment } : undefined;
};

const nameOf = ({ subject, key }: QueuedMessage): string => `${subject} ${key}`;

const nothingAccepted = ({ refusedCount, conflicts, refused }: IntakeAnswer): Problem => ({
  status: 422,
  code: 'NOTHING_ACCEPTED',
  detail: 'no record of this message was accepted',
  refusedCount,
  conflicts,
  refused: refused.slice(0, NAMED_MAX),
});

/** Undefined for what may succeed later. */
const problemOf = (error: unknown): Problem | undefined => {
  if (error instanceof BodyRefused) {
    const { status, code, message, limit } = error;
    return { status, code, detail: message, ...(limit !== undefined && { limit }) };
  }
  if (error instanceof IntakeRefused && error.status !== 429 && error.status !== 503) {
    const { status, code, message, about } = error;
    const { field, limit } = about;
    return { status, code, detail: message, ...(field !== undefined && { field }), ...(limit !== undefined && { limit }) };
  }
  return undefined;
};

/** Waits longer at each delivery. */
const later = ({ deliveries }: QueuedMessage, pauseMs: number): Verdict => ({
  kind: 'later',
  afterMs: Math.min(pauseMs * 2 ** Math.min(deliveries - 1, 10), PAUSE_MS_MAX),
});
