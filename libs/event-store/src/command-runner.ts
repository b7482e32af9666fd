import { setTimeout as delay } from 'node:timers/promises';
import { type CommandMeta, type Decider, type DomainEvent, type Position, type Refusal, derivedId } from '#libs/kernel';
import { type EventCodec } from './codec.js';
import { type CommandWatch } from './command-watch.js';
import { WrongExpectedRevision } from './errors.js';
import { Lru } from './lru.js';
import { type Outcome, type Receipt } from './outcome.js';
import { type RefusalLog } from './refusal-log.js';
import { type EventStore } from './store.js';

/** What every command has. `expectedRevision` is what the caller saw: it then gets a conflict instead of a retry. */
export type CommandLike = {
  readonly type: string;
  readonly data: unknown;
  readonly meta: CommandMeta;
  readonly expectedRevision?: bigint | undefined;
};

/** One command, the decider that answers it and the stream it is about. */
export type CommandRun<S, C extends CommandLike, E extends DomainEvent, Code extends string> = {
  readonly decider: Decider<S, C, E, Refusal<Code>>;
  readonly stream: string;
  readonly command: C;
};

/** `streamsMax` streams keep their folded state in memory. */
export type CommandRunnerOptions = {
  readonly refusals?: RefusalLog | undefined;
  readonly watch?: CommandWatch | undefined;
  readonly streamsMax?: number;
  readonly random?: () => number;
};

/** What the runner remembers of a stream between commands. */
type Loaded<S> = {
  state: S;
  revision: bigint;
  position?: Position;
  /** The latest commands with their receipts. */
  readonly commands: Lru<string, Receipt>;
  /** Every command that wrote to the stream, by a number for its id: whose receipt is forgotten is looked up in the stream. */
  readonly known: Set<number>;
};

const COMMANDS_REMEMBERED = 200;
const TRIES = 3;

/**
 * load → fold → decide → append with the exact revision that was folded. Commands on one stream wait for each other here,
 * so a conflict can only come from another process; those are retried unless the caller named a revision.
 */
export class CommandRunner {
  /** By decider, because only the same decider can understand a folded state. */
  private readonly folded = new WeakMap<object, Lru<string, Loaded<unknown>>>();
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: EventStore,
    private readonly codec: EventCodec,
    private readonly options: CommandRunnerOptions = {},
  ) {}

  /** @throws the errors of `EventStore.append`, and UnknownEvent or Corrupt when the stream cannot be read */
  async run<S, C extends CommandLike, E extends DomainEvent, Code extends string>(run: CommandRun<S, C, E, Code>): Promise<Outcome<Code>> {
    const { watch } = this.options;
    return watch ? watch.around(run.command, (meta) => this.answer({ ...run, command: { ...run.command, meta } })) : this.answer(run);
  }

  private async answer<S, C extends CommandLike, E extends DomainEvent, Code extends string>(
    run: CommandRun<S, C, E, Code>,
  ): Promise<Outcome<Code>> {
    const { stream, command } = run;
    const outcome = await this.inTurn(stream, () => this.attempts(run));
    if (outcome.kind === 'refused')
      await this.options.refusals?.record({ type: command.type, stream, meta: command.meta }, outcome.refusal);
    return outcome;
  }

  private async inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.turns.get(stream) ?? Promise.resolve()).then(work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.turns.set(stream, settled);
    try {
      return await mine;
    } finally {
      if (this.turns.get(stream) === settled) this.turns.delete(stream);
    }
  }

  private async attempts<S, C extends CommandLike, E extends DomainEvent, Code extends string>(
    run: CommandRun<S, C, E, Code>,
  ): Promise<Outcome<Code>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(run);
      } catch (error) {
        const conflict = error instanceof WrongExpectedRevision && run.command.expectedRevision === undefined;
        if (!conflict || attempt >= TRIES) throw error;
        await delay((this.options.random ?? Math.random)() * 20 * attempt);
      }
    }
  }

  private async attempt<S, C extends CommandLike, E extends DomainEvent, Code extends string>(
    run: CommandRun<S, C, E, Code>,
  ): Promise<Outcome<Code>> {
    const { decider, stream, command } = run;
    const loaded = await this.load(decider, stream);
    const first = loaded.commands.get(command.meta.commandId) ?? (await this.forgotten(loaded, stream, command.meta.commandId));
    if (first) return { kind: 'accepted', receipt: first };
    if (command.expectedRevision !== undefined && command.expectedRevision !== loaded.revision) {
      throw new WrongExpectedRevision(stream, command.expectedRevision, loaded.revision < 0n ? 'no_stream' : loaded.revision);
    }
    const decision = decider.decide(command, loaded.state);
    if (decision.kind === 'refused') return decision;
    if (decision.events.length === 0) return { kind: 'accepted', receipt: receiptOf(stream, loaded) };
    return { kind: 'accepted', receipt: await this.append(run, loaded, decision.events) };
  }

  private async append<S, C extends CommandLike, E extends DomainEvent, Code extends string>(
    { decider, stream, command }: CommandRun<S, C, E, Code>,
    loaded: Loaded<S>,
    events: readonly E[],
  ): Promise<Receipt> {
    const encoded = events.map((event, index) => this.codec.encode(event, command.meta, derivedId(command.meta.commandId, index)));
    // Folded before it is written: an event its own decider cannot fold must not reach the log.
    const state = events.reduce((folded, event) => decider.evolve(folded, event), loaded.state);
    const result = await this.store.append(stream, encoded, { expected: loaded.revision < 0n ? 'no_stream' : loaded.revision });
    // Recorded long ago, by a run this process no longer remembers: what was just folded did not happen now.
    if (result.idempotent) {
      this.rememberedBy<S>(decider).delete(stream);
      return { stream, revision: result.revision, ...(result.position ? { position: result.position } : {}) };
    }
    loaded.state = state;
    loaded.revision = result.revision;
    if (result.position) loaded.position = result.position;
    else delete loaded.position;
    const receipt = receiptOf(stream, loaded);
    remember(loaded, command.meta.commandId, receipt);
    return receipt;
  }

  /**
   * The receipt of a command that came long ago. Not every store recognises its events: a server takes any append at the last revision,
   * whatever its ids.
   */
  private async forgotten<S>(loaded: Loaded<S>, stream: string, commandId: string): Promise<Receipt | undefined> {
    if (!loaded.known.has(numberOf(commandId))) return undefined;
    let receipt: Receipt | undefined;
    for await (const { metadata, revision, position } of this.store.readStream(stream)) {
      if (metadata.commandId === commandId) receipt = { stream, revision, position };
      else if (receipt) break;
    }
    return receipt;
  }

  /** The state as of the last event: what is remembered, plus what was appended since, perhaps by another process. */
  private async load<S, C extends CommandLike, E extends DomainEvent, R extends Refusal>(
    decider: Decider<S, C, E, R>,
    stream: string,
  ): Promise<Loaded<S>> {
    const remembered = this.rememberedBy<S>(decider);
    const loaded = remembered.get(stream) ?? {
      state: decider.initialState(),
      revision: -1n,
      commands: new Lru(COMMANDS_REMEMBERED),
      known: new Set(),
    };
    // Forgotten while it changes: an event that cannot be folded must not leave a half-folded state behind.
    remembered.delete(stream);
    for await (const stored of this.store.readStream(stream, { from: loaded.revision + 1n })) {
      const recorded = this.codec.decode<E>(stored);
      loaded.state = decider.evolve(loaded.state, recorded);
      loaded.revision = recorded.revision;
      loaded.position = recorded.position;
      remember(loaded, recorded.metadata.commandId, receiptOf(stream, loaded));
    }
    remembered.set(stream, loaded);
    return loaded;
  }

  private rememberedBy<S>(decider: object): Lru<string, Loaded<S>> {
    const known = this.folded.get(decider);
    // The key is the decider itself, so its state type is the S it was stored with.
    if (known) return known as Lru<string, Loaded<S>>;
    const fresh = new Lru<string, Loaded<S>>(this.options.streamsMax ?? 2_000);
    this.folded.set(decider, fresh);
    return fresh;
  }
}

const remember = (loaded: Loaded<unknown>, commandId: string, receipt: Receipt): void => {
  loaded.commands.set(commandId, receipt);
  loaded.known.add(numberOf(commandId));
};

/** Its first 48 bits: two commands of a stream hardly ever share them, and then one read too many is all that happens. */
const numberOf = (commandId: string): number => Number.parseInt(commandId.replace('-', '').slice(0, 12), 16);

const receiptOf = (stream: string, loaded: Loaded<unknown>): Receipt => ({
  stream,
  revision: loaded.revision,
  ...(loaded.position ? { position: loaded.position } : {}),
});
