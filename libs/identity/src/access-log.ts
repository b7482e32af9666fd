import { type EventCodec, type EventStore, type RefusedCommand, RefusalLog } from '#libs/event-store';
import { type Clock, type CommandMeta, type Refusal, type Uuid, derivedId } from '#libs/kernel';
import {
  type AccessEvent,
  type Role,
  type Unrecognised,
  AccessDenied,
  CommandRefused,
  SignedIn,
  SignedOut,
  UNAUTHENTICATED_STREAM,
  UnauthenticatedAttempts,
  accessStream,
} from './events.js';
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

/** Counters held at once: reasons times minutes that could not be written yet, and routes times principals of one minute. */
const COUNTERS_MAX = 1_000;
const FLUSH_EVERY_MS = 5_000;

/**
 * Records how access was used, in `access-<principalId>`. Nothing is decided from these streams, so appends expect no revision.
 * What could flood the log is counted and written once a minute; a crash loses the counts of the running minute.
 */
export class AccessLog extends RefusalLog {
  private readonly attempts = new MinuteTally<Unrecognised>(COUNTERS_MAX);
  private readonly denials = new MinuteTally<Denial>(COUNTERS_MAX);
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private lost = 0;

  constructor(
    private readonly store: EventStore,
    private readonly codec: EventCodec,
    private readonly clock: Clock,
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
    await this.flush(Number.POSITIVE_INFINITY);
  }

  /** Attempts and denials that were not counted because there were too many different ones. */
  get uncounted(): number {
    return this.lost;
  }

  override async record(command: RefusedCommand, refusal: Refusal): Promise<void> {
    const { type, stream, meta } = command;
    const { principalId } = meta.actor;
    const { code, detail } = refusal;
    const refused = CommandRefused.make({ principalId, command: type, ...(stream !== undefined && { stream }), code, detail });
    await this.append(accessStream(principalId), refused, meta);
  }

  async signedIn(principalId: Uuid, sessionId: string, meta: CommandMeta): Promise<void> {
    await this.append(accessStream(principalId), SignedIn.make({ principalId, sessionId }), meta);
  }

  async signedOut(principalId: Uuid, sessionId: string, meta: CommandMeta): Promise<void> {
    await this.append(accessStream(principalId), SignedOut.make({ principalId, sessionId }), meta);
  }

  unrecognised(reason: Unrecognised): void {
    if (!this.attempts.add({ minute: minuteOf(this.clock.now()), what: reason, count: 1 }, reason)) this.lost += 1;
  }

  /** Resolves when the denial is in the log, or counted behind one that is. */
  async denied(denial: Denial): Promise<void> {
    const minute = minuteOf(this.clock.now());
    const key = keyOf(denial);
    const repeated = this.denials.has(minute, key);
    if (!this.denials.add({ minute, what: denial, count: repeated ? 1 : 0 }, key)) {
      this.lost += 1;
      return;
    }
    if (!repeated) await this.append(accessStream(denial.principalId), deniedEvent(denial, 1), denial.meta);
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

  private async write(before: number): Promise<void> {
    await this.writeAll(
      this.attempts,
      before,
      (one) => this.writeAttempts(one),
      (one) => one,
    );
    await this.writeAll(this.denials, before, (one) => this.writeDenials(one), keyOf);
  }

  private async writeAll<T>(
    tally: MinuteTally<T>,
    before: number,
    write: (one: Tallied<T>) => Promise<void>,
    key: (what: T) => string,
  ): Promise<void> {
    const due = [...tally.takeBefore(before)];
    for (const [index, one] of due.entries()) {
      try {
        if (one.count > 0) await write(one);
      } catch (error) {
        for (const kept of due.slice(index)) if (!tally.add(kept, key(kept.what))) this.lost += kept.count;
        throw error;
      }
    }
  }

  private writeAttempts({ minute, what, count }: Tallied<Unrecognised>): Promise<void> {
    return this.append(UNAUTHENTICATED_STREAM, UnauthenticatedAttempts.make({ minute, reason: what, count }), processMeta('access log'));
  }

  private writeDenials({ what, count }: Tallied<Denial>): Promise<void> {
    const meta = { ...what.meta, commandId: derivedId(what.meta.commandId, 'repeats') };
    return this.append(accessStream(what.principalId), deniedEvent(what, count), meta);
  }

  private async append(stream: string, event: AccessEvent, meta: CommandMeta): Promise<void> {
    await this.store.append(stream, [this.codec.encode(event, meta, derivedId(meta.commandId, event.type))], { expected: 'any' });
  }
}

const keyOf = ({ principalId, action, route }: Denial): string => `${principalId} ${action} ${route}`;

const deniedEvent = ({ principalId, action, heldRoles, route }: Denial, count: number): AccessEvent =>
  AccessDenied.make({ principalId, action, neededRoles: [...rolesFor(action)], heldRoles: [...heldRoles], route, count });
