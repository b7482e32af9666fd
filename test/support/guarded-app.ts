import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type EventDefinition, EventCodec, EventStore } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import {
  Directory,
  type IdentityCommand,
  type Role,
  IDENTITY_EVENTS,
  IssueKey,
  RegisterPrincipal,
  formatApiKey,
  newApiKey,
  principalIdOf,
  processMeta,
} from '#libs/identity';
import { type RouteAccess, IdentityHttpModule } from '#libs/identity/http';
import { Clock, SystemClock } from '#libs/kernel';
import { CorrelationContext, Metrics, Readiness } from '#libs/observability';
import { createHash } from 'node:crypto';

/** What a guarded application is made of, besides identity itself. */
export type GuardedAppParts = {
  readonly controllers?: readonly Type<unknown>[];
  readonly imports?: readonly (Type<unknown> | DynamicModule)[];
  readonly events?: readonly EventDefinition[];
  readonly clock?: Clock;
  readonly store?: EventStore;
  readonly foreignRoutes?: Readonly<Record<string, RouteAccess>>;
};

/** A Nest application on Fastify with access in force, on an in-memory log. Not yet listening. */
export const guardedApp = async (parts: GuardedAppParts = {}): Promise<NestFastifyApplication> => {
  const clock = parts.clock ?? new SystemClock();
  @Global()
  @Module({
    providers: [
      { provide: EventStore, useValue: parts.store ?? new InMemoryEventStore(clock) },
      { provide: EventCodec, useValue: new EventCodec([...IDENTITY_EVENTS, ...(parts.events ?? [])]) },
      { provide: Clock, useValue: clock },
      CorrelationContext,
      Metrics,
      { provide: Readiness, useValue: new Readiness() },
    ],
    exports: [EventStore, EventCodec, Clock, CorrelationContext, Metrics, Readiness],
  })
  class Platform {}
  const identity = IdentityHttpModule.forRoot({ name: 'driftledger', version: '9.9.9', foreignRoutes: parts.foreignRoutes ?? {} });
  const testing = await Test.createTestingModule({
    imports: [CqrsModule.forRoot(), Platform, identity, ...(parts.imports ?? [])],
    controllers: [...(parts.controllers ?? [])],
  }).compile();
  return testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
};

/** Registers a person with these roles and gives a key that opens from now on. */
export const enrol = async (app: NestFastifyApplication, name: string, ...roles: Role[]): Promise<string> => {
  const principalId = principalIdOf(name);
  const key = newApiKey();
  const sha256 = createHash('sha256').update(key.secret).digest('hex');
  await execute(app, new RegisterPrincipal({ principalId, kind: 'person', name, roles }, processMeta('spec')));
  await execute(
    app,
    new IssueKey({ principalId, keyId: key.keyId, sha256, label: 'spec', issuedAt: app.get(Clock).now() }, processMeta('spec')),
  );
  return formatApiKey(key);
};

/** Runs a command of identity and waits until the directory of this application has taken it up. */
export const execute = async (app: NestFastifyApplication, command: IdentityCommand): Promise<void> => {
  const outcome = await app.get(CommandBus).execute(command);
  if (outcome.kind === 'refused') throw new Error(`${command.type} was refused: ${outcome.refusal.code}`);
  const { position } = outcome.receipt;
  if (position && !(await app.get(Directory).appliedUpTo(position, 5_000))) throw new Error(`${command.type} did not arrive`);
};
