import { type BeforeApplicationShutdown, type OnModuleInit, Injectable, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CommandRunner, EventCodec, EventStore, RefusalLog, handlersFor } from '#libs/event-store';
import { Clock } from '#libs/kernel';
import { Metrics } from '#libs/observability';
import { AccessLog } from './access-log.js';
import { Authenticator } from './authenticator.js';
import { GrantRoles, IssueKey, RegisterPrincipal, RevokeKey, RevokeRoles } from './commands.js';
import { principalDecider } from './decider.js';
import { Directory } from './directory.js';
import { principalStream } from './events.js';
import { Sessions } from './sessions.js';
import { SignInLinks } from './sign-in-links.js';

/** Starts and stops what runs beside requests: the directory before anything is served, the access log until the end. */
@Injectable()
class IdentityLifecycle implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly directory: Directory,
    private readonly log: AccessLog,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.directory.start();
    this.log.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.directory.stop();
    await this.log.stop();
  }
}

/**
 * The write side: command handlers, the directory, the access log. The process provides `EventStore`, `EventCodec`, `Clock` and `Metrics`.
 * `RefusalLog` is the access log, so a process that gives it to all contexts has every refused command recorded.
 */
@Module({
  imports: [CqrsModule],
  providers: [
    ...handlersFor({
      decider: principalDecider,
      streamOf: (command) => principalStream(command.data.principalId),
      commands: [RegisterPrincipal, IssueKey, RevokeKey, GrantRoles, RevokeRoles],
    }),
    {
      provide: Directory,
      useFactory: (store: EventStore, codec: EventCodec) => new Directory(store, codec),
      inject: [EventStore, EventCodec],
    },
    {
      provide: AccessLog,
      useFactory: (store: EventStore, codec: EventCodec, clock: Clock, metrics: Metrics) =>
        new AccessLog(store, codec, clock, (of, code) => metrics.refusals.inc({ of, code })),
      inject: [EventStore, EventCodec, Clock, Metrics],
    },
    { provide: RefusalLog, useExisting: AccessLog },
    { provide: Sessions, useFactory: (clock: Clock) => new Sessions(clock), inject: [Clock] },
    { provide: SignInLinks, useFactory: (clock: Clock) => new SignInLinks(clock), inject: [Clock] },
    {
      provide: Authenticator,
      useFactory: (directory: Directory, sessions: Sessions, clock: Clock) => new Authenticator(directory, sessions, clock),
      inject: [Directory, Sessions, Clock],
    },
    IdentityLifecycle,
  ],
  exports: [CommandRunner, Directory, AccessLog, RefusalLog, Sessions, SignInLinks, Authenticator],
})
export class IdentityWriteModule {}
