import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { DEPLOYMENT_EVENTS, deploymentIdOf, DeploymentsWriteModule } from '#libs/deployments';
import { EventCodec, EventStore, type AppendOptions, type AppendResult, type NewEvent, type StoredEvent } from '#libs/event-store';
import { idOfName, randomId, SystemClock, type CommandMeta, type Recorded } from '#libs/kernel';
import { openKeyDirectory } from '#libs/keys/directory';
import {
  DEFAULT_LIMITS,
  Intake,
  PREDICTION_EVENTS,
  Snapshots,
  type IntakeAnswer,
  type IntakeLimits,
  type IntakeObserver,
  type IntakeRequest,
  type PredictionEvent,
} from '#libs/predictions';

/** A store that does what the one behind it does, until it is told to fail. */
export class FaultyStore extends EventStore {
  /** Asked before each append; what it returns happens once: fail before writing, or write and then fail to say so. */
  fault: (stream: string, events: readonly NewEvent[]) => Error | { readonly afterWriting: Error } | undefined = () => undefined;

  constructor(private readonly behind: EventStore) {
    super();
  }

  override async append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult> {
    const fault = this.fault(stream, events);
    if (fault instanceof Error) throw fault;
    const result = await this.behind.append(stream, events, options);
    if (fault) throw fault.afterWriting;
    return result;
  }

  override readStream: EventStore['readStream'] = (stream, options) => this.behind.readStream(stream, options);
  override readAll: EventStore['readAll'] = (options) => this.behind.readAll(options);
  override subscribeAll: EventStore['subscribeAll'] = (options) => this.behind.subscribeAll(options);
  override softDelete: EventStore['softDelete'] = (stream, options) => this.behind.softDelete(stream, options);
  override tombstone: EventStore['tombstone'] = (stream, options) => this.behind.tombstone(stream, options);
  override getMeta: EventStore['getMeta'] = (stream) => this.behind.getMeta(stream);
  override setMeta: EventStore['setMeta'] = (stream, meta) => this.behind.setMeta(stream, meta);
  override head: EventStore['head'] = () => this.behind.head();
  override close: EventStore['close'] = () => this.behind.close();
}

/** What may differ between worlds. */
export type IntakeWorldAbout = {
  readonly store: EventStore;
  /** Keys and snapshots live here; two worlds on one directory and one log are the same process before and after a restart. */
  readonly directory: string;
  readonly limits?: Partial<IntakeLimits>;
  readonly requestsPerKeyMax?: number;
  readonly observer?: IntakeObserver;
};

/** Intake as a process wires it, without HTTP. */
export class IntakeWorld {
  static readonly deployment = 'churn';
  readonly codec = new EventCodec([...DEPLOYMENT_EVENTS, ...PREDICTION_EVENTS]);

  private constructor(
    readonly intake: Intake,
    readonly commands: CommandBus,
    readonly store: EventStore,
    readonly stop: () => Promise<void>,
  ) {}

  static async open({ store, directory, limits, requestsPerKeyMax, observer }: IntakeWorldAbout): Promise<IntakeWorld> {
    const codec = new EventCodec([...DEPLOYMENT_EVENTS, ...PREDICTION_EVENTS]);
    @Global()
    @Module({
      providers: [
        { provide: EventStore, useValue: store },
        { provide: EventCodec, useValue: codec },
      ],
      exports: [EventStore, EventCodec],
    })
    class Platform {}
    const app = await Test.createTestingModule({ imports: [CqrsModule.forRoot(), Platform, DeploymentsWriteModule] }).compile();
    await app.init();
    const commands = app.get(CommandBus);
    const intake = new Intake({
      ...{ store, codec, commands, clock: new SystemClock(), limits: { ...DEFAULT_LIMITS, ...limits } },
      personal: openKeyDirectory(join(directory, 'keys')),
      snapshots: new Snapshots(join(directory, 'snapshots')),
      onFirstPost: () => undefined,
      ...(requestsPerKeyMax !== undefined && { requestsPerKeyMax }),
      ...(observer && { observer }),
    });
    const stop = async (): Promise<void> => {
      await intake.close();
      await app.close();
    };
    return new IntakeWorld(intake, commands, store, stop);
  }

  /** Sends records as NDJSON. */
  predict(records: readonly unknown[], about: Partial<IntakeRequest> = {}): Promise<IntakeAnswer> {
    return this.intake.predictions(requestOf(records, about));
  }

  /** The same for labels. */
  label(records: readonly unknown[], about: Partial<IntakeRequest> = {}): Promise<IntakeAnswer> {
    return this.intake.labels(requestOf(records, about));
  }

  /** Everything a stream of the deployment holds. */
  async log(category: 'predictions' | 'labels' = 'predictions'): Promise<readonly Recorded<PredictionEvent>[]> {
    const recorded: Recorded<PredictionEvent>[] = [];
    for (const stored of await this.stored(category)) recorded.push(this.codec.decode<PredictionEvent>(stored));
    return recorded;
  }

  /** Ids in the log, in its order. */
  async ids(): Promise<readonly (string | null)[]> {
    return (await this.log()).flatMap((event) => [...event.data.columns.id]);
  }

  /** The same, still encoded. */
  async stored(category: 'predictions' | 'labels' | 'deployment' = 'predictions'): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const stored of this.store.readStream(`${category}-${deploymentIdOf(IntakeWorld.deployment)}`)) events.push(stored);
    return events;
  }
}

/** Metadata of a command by a producer. */
export const producerMeta = (via = 'key 00'): CommandMeta => {
  const commandId = randomId();
  return {
    ...{ commandId, correlationId: randomId(), causationId: commandId },
    actor: { principalId: idOfName('principal', 'producer'), kind: 'service', via },
    source: { surface: 'http', addressClass: 'loopback' },
  };
};

const requestOf = (records: readonly unknown[], about: Partial<IntakeRequest>): IntakeRequest => ({
  deployment: IntakeWorld.deployment,
  body: Buffer.from(records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n')),
  contentType: 'application/x-ndjson',
  contentEncoding: undefined,
  key: undefined,
  meta: producerMeta(),
  ...about,
});
