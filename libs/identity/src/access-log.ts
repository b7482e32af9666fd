import { type EventCodec, type EventStore, type RefusedCommand, RefusalLog } from '#libs/event-store';
import { type Clock, type CommandMeta, type Refusal, type Uuid, derivedId } from '#libs/kernel';
import {
  type AccessEvent,
  type Role,
  type Unrecognised,
  AccessDenied,
  CommandRefused,
  SensitiveDataRead,
  SignedIn,
  SignedOut,
  UNAUTHENTICATED_STREAM,
  UnauthenticatedAttempts,
  accessStream,
} from './events.js';
import { MinuteBudget } from './minute-budget.js';
import { type Tallied, MinuteTally, minuteOf } from './minute-tally.js';
import { type Action, rolesFor } from './permissions.js';
import { processMeta } from './process-meta.js';

/** A recognised principal asking for what its roles do not permit. `route` is the pattern of the route, never the URL. */
export type Denial = {
  readonly principalId: Uuid;
  readonly action: Action;
  readonly heldRoles: readonly Role[];
  readonly route: string;
  readonly meta: CommandMeta;
};

/** What a principal looked at. `operation` is the pattern of a route or a field of the schema, `argumentsSha256` (hex) of what it asked. */
export type SensitiveRead = {
  readonly principalId: Uuid;
  readonly operation: string;
  readonly argumentsSha256?: string;
  readonly meta: CommandMeta;
};

/** Hears of each refusal at once: of a command with its code, of a caller nobody recognised with the reason. */
export type RefusalListener = (of: 'command' | 'caller', code: string) => void;

type Refused = { readonly command: RefusedCommand; readonly refusal: Refusal };

/** What may come many times in a minute: how it is told apart, and how a number of it is written. */
type Counted<T> = {
  readonly tally: MinuteTally<T>;
  readonly keyOf: (what: T) => string;
  readonly write: (one: Tallied<T>) => Promise<void>;
};

/** Counters of a kind held at once: kinds of things times minutes that could not be written yet. */
const COUNTERS_MAX = 1_000;
const FLUSH_EVERY_MS = 5_000;
/** Refused commands of one principal in one minute that are recorded one by one; the others of that minute are counted by their code. */
const REFUSALS_SINGLY_MAX = 60;
/** Different questions to one operation in one minute that are told apart; the others are counted together. */
const QUESTIONS_MAX = 20;

/**
 * Records how access was used, in `access-<principalId>`. Nothing is decided from these streams, so appends expect no revision.
 * What could flood the log is counted and written once a minute; a crash loses the counts of the running minute.
 */
export class AccessLog extends RefusalLog {
  private readonly attempts: Counted<Unrecognised> = {
    tally: new MinuteTally(COUNTERS_MAX),
    keyOf: (reason) => reason,
    write: ({ minute, what, count }) =>
      this.append(UNAUTHENTICATED_STREAM, UnauthenticatedAttempts.make({ minute, reason: what, count }), processMeta('access log')),
  };
  private readonly denials: Counted<Denial> = {
    tally: new MinuteTally(COUNTERS_MAX),
    keyOf: ({ principalId, action, route }) => `${principalId} ${action} ${route}`,
    write: ({ what, count }) => this.append(accessStream(what.principalId), deniedEvent(what, count), repeated(what.meta)),
  };
  private readonly reads: Counted<SensitiveRead> = {
    tally: new MinuteTally(COUNTERS_MAX),
    keyOf: ({ principalId, operation, argumentsSha256 = '' }) => `${principalId} ${operation} ${argumentsSha256}`,
    write: ({ what, count }) => this.append(accessStream(what.principalId), readEvent(what, count), repeated(what.meta)),
  };
  private readonly refusals: Counted<Refused> = {
    tally: new MinuteTally(COUNTERS_MAX),
    keyOf: ({ command, refusal }) => `${command.meta.actor.principalId} ${command.type} ${refusal.code}`,
    write: ({ what: { command, refusal }, count }) => this.appendRefused(command, refusal, { meta: repeated(command.meta), count }),
  };
  private readonly refusalsSingly = new MinuteBudget(REFUSALS_SINGLY_MAX);
  private readonly questions = new MinuteBudget(QUESTIONS_MAX);
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private readonly unwritten = new Set<Promise<void>>();
  private lost = 0;

  constructor(
    private readonly store: EventStore,
    private readonly codec: EventCodec,
    private readonly clock: Clock,
    private readonly tell: RefusalListener = () => undefined,
  ) {
    super();
  }

  start(): void {
    this.timer ??= setInterval(() => void this.flush().catch(() => undefined), FLUSH_EVERY_MS).unref();
  }

  /** Writes what was counted, the running minute included. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await Promise.all(this.unwritten);
    await this.flush(Number.POSITIVE_INFINITY);
  }

  /** What was not counted because there were too many different things to count. */
  get uncounted(): number {
    return this.lost;
  }

  override async record(command: RefusedCommand, refusal: Refusal): Promise<void> {
    this.tell('command', refusal.code);
    if (this.refusalsSingly.take(this.minute(), command.meta.actor.principalId))
      await this.appendRefused(command, refusal, { meta: command.meta });
    else this.count(this.refusals, { command, refusal }, 1);
  }

  async signedIn(principalId: Uuid, sessionId: string, meta: CommandMeta): Promise<void> {
    await this.append(accessStream(principalId), SignedIn.make({ principalId, sessionId }), meta);
  }

  async signedOut(principalId: Uuid, sessionId: string, meta: CommandMeta): Promise<void> {
    await this.append(accessStream(principalId), SignedOut.make({ principalId, sessionId }), meta);
  }

  unrecognised(reason: Unrecognised): void {
    this.tell('caller', reason);
    this.count(this.attempts, reason, 1);
  }

  /** Resolves when the denial is in the log, or counted behind one that is. */
  async denied(denial: Denial): Promise<void> {
    if (this.isFirst(this.denials, denial)) await this.append(accessStream(denial.principalId), deniedEvent(denial, 1), denial.meta);
  }

  /** Answers at once: who reads does not wait for the record of it. One that cannot be written now is counted until it can. */
  read(given: SensitiveRead): void {
    const { argumentsSha256: _, ...any } = given;
    const key = this.reads.keyOf(given);
    const isKnown = this.reads.tally.has(this.minute(), key) || this.questions.take(this.minute(), this.reads.keyOf(any));
    const read = isKnown ? given : any;
    if (!this.isFirst(this.reads, read)) return;
    const written = this.append(accessStream(read.principalId), readEvent(read, 1), read.meta)
      .catch(() => this.count(this.reads, read, 1))
      .finally(() => this.unwritten.delete(written));
    this.unwritten.add(written);
  }

  /** Writes the counters of all minutes before this instant's; one flush at a time. @throws what the store throws; counts are kept */
  flush(now: number = this.clock.now()): Promise<void> {
    const before = Number.isFinite(now) ? minuteOf(now) : now;
    const next = this.flushing.then(
      () => this.write(before),
      () => this.write(before),
    );
    this.flushing = next;
    return next;
  }

  private minute(): number {
    return minuteOf(this.clock.now());
  }

  private count<T>({ tally, keyOf }: Counted<T>, what: T, count: number): void {
    if (!tally.add({ minute: this.minute(), what, count }, keyOf(what))) this.lost += 1;
  }

  /** True for the first of a minute, which is to be recorded at once; the others are counted. */
  private isFirst<T>(counted: Counted<T>, what: T): boolean {
    const minute = this.minute();
    const key = counted.keyOf(what);
    const known = counted.tally.has(minute, key);
    if (counted.tally.add({ minute, what, count: known ? 1 : 0 }, key)) return !known;
    this.lost += 1;
    return false;
  }

  private async write(before: number): Promise<void> {
    await this.writeAll(this.attempts, before);
    await this.writeAll(this.denials, before);
    await this.writeAll(this.refusals, before);
    await this.writeAll(this.reads, before);
  }

  private async writeAll<T>({ tally, keyOf, write }: Counted<T>, before: number): Promise<void> {
    const due = [...tally.takeBefore(before)];
    for (const [index, one] of due.entries()) {
      try {
        if (one.count > 0) await write(one);
      } catch (error) {
        for (const kept of due.slice(index)) if (!tally.add(kept, keyOf(kept.what))) this.lost += kept.count;
        throw error;
      }
    }
  }

  private async appendRefused(
    { type, stream, meta: { actor } }: RefusedCommand,
    { code, detail }: Refusal,
    { meta, count }: { readonly meta: CommandMeta; readonly count?: number },
  ): Promise<void> {
    const { principalId } = actor;
    const about = count === undefined ? stream !== undefined && { stream } : { count };
    await this.append(accessStream(principalId), CommandRefused.make({ principalId, command: type, ...about, code, detail }), meta);
  }

  private async append(stream: string, event: AccessEvent, meta: CommandMeta): Promise<void> {
    await this.store.append(stream, [this.codec.encode(event, meta, derivedId(meta.commandId, event.type))], { expected: 'any' });
  }
}

/** The metadata of the first, as another command: its first event has the id of that one already. */
const repeated = (meta: CommandMeta): CommandMeta => ({ ...meta, commandId: derivedId(meta.commandId, 'repeats') });

const deniedEvent = ({ principalId, action, heldRoles, route }: Denial, count: number): AccessEvent =>
  AccessDenied.make({ principalId, action, neededRoles: [...rolesFor(action)], heldRoles: [...heldRoles], route, count });

const readEvent = ({ principalId, operation, argumentsSha256 }: SensitiveRead, count: number): AccessEvent =>
  SensitiveDataRead.make({ principalId, operation, ...(argumentsSha256 !== undefined && { argumentsSha256 }), count });
