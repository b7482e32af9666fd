import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  Optional,
} from '@nestjs/common';
import { type Nats } from '#libs/configuration';
import { AccessLog, Authenticator, Directory } from '#libs/identity';
import { connectToNats, MessageRelay, NatsIntakeQueue, type NatsConnection } from '#libs/messaging/nats';
import { Readiness } from '#libs/observability';
import { Intake, MessageSender, QueuedIntake } from '#libs/predictions';
import { received, routed } from './route-messages.js';
import { Writers } from './writers.js';

const PAUSE_MS = 1_000;

/** Where messages come from. */
class NatsSource {
  constructor(readonly nats: Nats) {}
}

/** Takes predictions and labels from NATS, on a connection of its own: what is on its way here must not keep back anything else. */
@Injectable()
class NatsIntake implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('NatsIntake');
  private readonly stopping = new AbortController();
  private readonly work: QueuedIntake['work'];
  private queue: NatsIntakeQueue | undefined;
  private connection: NatsConnection | undefined;
  private running: Promise<void> | undefined;
  private unserve: () => void = () => undefined;

  constructor(
    @Inject(NatsSource) private readonly source: NatsSource,
    @Inject(Intake) intake: Intake,
    @Inject(AccessLog) log: AccessLog,
    @Inject(Authenticator) authenticator: Authenticator,
    @Inject(Directory) directory: Directory,
    @Inject(Readiness) readiness: Readiness,
    // Absent where one process takes everything.
    @Optional() @Inject(Writers) private readonly writers?: Writers,
  ) {
    const { principal } = source.nats;
    const sender = new MessageSender({ authenticator, directory, log, principal });
    const onFailure = (error: unknown): void => this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    this.work = new QueuedIntake({ intake, sender, refusals: log, onFailure }).work;
    readiness.add('nats-intake', () => this.check());
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Before the intake closes: what is under way is stored and acknowledged, the rest waits for the next start. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.queue?.stop();
    this.unserve();
    await this.connection?.close();
  }

  /** A server that is away at start is waited for: HTTP goes on without it, and readiness says so. */
  private async run(): Promise<void> {
    while (!this.connection && !this.stopping.signal.aborted) {
      try {
        this.connection = await connectToNats({ ...this.source.nats, name: 'driftledger intake' });
      } catch (error) {
        this.warn(error);
        await delay(PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
    if (!this.connection || this.stopping.signal.aborted) return;
    this.queue = new NatsIntakeQueue({
      connection: this.connection,
      work: this.routedWork(this.connection),
      onTrouble: (error) => this.warn(error),
    });
    this.queue.start();
  }

  private routedWork(connection: NatsConnection): QueuedIntake['work'] {
    const { work, writers } = this;
    if (!writers) return work;
    const relay = new MessageRelay(connection);
    this.unserve = relay.serve(writers.url, received({ work, writers }));
    return routed({ work, writers, relay });
  }

  private async check(): Promise<void> {
    if (!this.connection) throw new Error('no NATS server was reached');
    if (this.queue?.trouble) throw this.queue.trouble;
    await this.connection.rtt();
  }

  private warn(error: unknown): void {
    this.logger.warn(`waits and tries again: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Intake from NATS, beside that over HTTP. */
@Module({})
export class NatsIntakeModule {
  static forRoot(nats: Nats): DynamicModule {
    return { module: NatsIntakeModule, providers: [{ provide: NatsSource, useValue: new NatsSource(nats) }, NatsIntake] };
  }
}
