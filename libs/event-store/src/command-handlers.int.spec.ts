import { Module } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { type CommandMeta, type Decider, type Refusal, accept, idOfName, refuse, unreachable } from '#libs/kernel';
import { EventCodec } from './codec.js';
import { handlersFor } from './command-handlers.js';
import { type EventOf, defineEvent } from './define-event.js';
import { InMemoryEventStore } from './memory/memory-event-store.js';
import { type Outcome } from './outcome.js';
import { RefusalLog } from './refusal-log.js';
import { EventStore } from './store.js';

const Lit = defineEvent('LampLit', { version: 1, schema: z.object({ watts: z.number() }) });
const Doused = defineEvent('LampDoused', { version: 1, schema: z.object({}) });
type LampEvent = EventOf<typeof Lit> | EventOf<typeof Doused>;
type LampRefusal = Refusal<'ALREADY_LIT'>;

class LightLamp extends Command<Outcome<LampRefusal['code']>> {
  readonly type = 'LightLamp';
  constructor(
    readonly data: { lamp: string; watts: number },
    readonly meta: CommandMeta,
    readonly expectedRevision?: bigint,
  ) {
    super();
  }
}
class DouseLamp extends Command<Outcome<LampRefusal['code']>> {
  readonly type = 'DouseLamp';
  constructor(
    readonly data: { lamp: string },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}
type LampCommand = LightLamp | DouseLamp;

const lamp: Decider<{ lit: boolean }, LampCommand, LampEvent, LampRefusal> = {
  initialState: () => ({ lit: false }),
  evolve: (_, event) => ({ lit: event.type === 'LampLit' }),
  decide: (command, state) => {
    switch (command.type) {
      case 'LightLamp':
        return state.lit ? refuse('ALREADY_LIT', 'the lamp burns') : accept(Lit.make({ watts: command.data.watts }));
      case 'DouseLamp':
        return state.lit ? accept(Doused.make({})) : accept();
      default:
        return unreachable(command);
    }
  },
};

const lampHandlers = handlersFor({ decider: lamp, streamOf: (command) => `lamp-${command.data.lamp}`, commands: [LightLamp, DouseLamp] });
@Module({ providers: lampHandlers })
class LampWriteModule {}

@CommandHandler(LightLamp)
class SecondHandler implements ICommandHandler<LightLamp> {
  async execute(): Promise<Outcome<'ALREADY_LIT'>> {
    return { kind: 'accepted', receipt: { stream: '', revision: 0n } };
  }
}

const recordedRefusals: string[] = [];
class Refusals extends RefusalLog {
  async record({ type }: { type: string }, { code }: Refusal): Promise<void> {
    recordedRefusals.push(`${type} ${code}`);
  }
}
const store = new InMemoryEventStore();
@Module({
  providers: [
    { provide: EventStore, useValue: store },
    { provide: EventCodec, useValue: new EventCodec([Lit, Doused]) },
    { provide: RefusalLog, useClass: Refusals },
  ],
  exports: [EventStore, EventCodec, RefusalLog],
})
class PortsModule {}

const platform = { module: PortsModule, global: true };
const meta = (name: string): CommandMeta => ({
  commandId: idOfName('lamp', name),
  correlationId: idOfName('lamp', 'correlation'),
  causationId: idOfName('lamp', 'cause'),
  actor: { principalId: idOfName('lamp', 'actor'), kind: 'person', via: 'login' },
  source: { surface: 'graphql', addressClass: 'loopback' },
});

describe('handlersFor', () => {
  it('routes each command of the bus to its stream and answers with an outcome', async () => {
    const app = await Test.createTestingModule({ imports: [CqrsModule.forRoot(), platform, LampWriteModule] }).compile();
    await app.init();
    const bus = app.get(CommandBus);
    const outcome: Outcome<'ALREADY_LIT'> = await bus.execute(new LightLamp({ lamp: 'a', watts: 5 }, meta('light')));
    expect(outcome).toMatchObject({ kind: 'accepted', receipt: { stream: 'lamp-a', revision: 0n } });
    expect(await bus.execute(new LightLamp({ lamp: 'a', watts: 5 }, meta('again')))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'ALREADY_LIT' },
    });
    expect(await bus.execute(new DouseLamp({ lamp: 'a' }, meta('douse')))).toMatchObject({ receipt: { revision: 1n } });
    expect(recordedRefusals).toEqual(['LightLamp ALREADY_LIT']);
    await app.close();
  });

  it('names each handler after its command, for stack traces', () => {
    expect(lampHandlers.flatMap((provider) => (typeof provider === 'function' ? [provider.name] : []))).toEqual([
      'OneHandlerPerCommand',
      'LightLampHandler',
      'DouseLampHandler',
    ]);
  });

  it('does not start when a command has two handlers', async () => {
    const app = await Test.createTestingModule({
      imports: [CqrsModule.forRoot(), platform, LampWriteModule],
      providers: [SecondHandler],
    }).compile();
    await expect(app.init()).rejects.toThrow(/LightLamp has two handlers: .*Handler and .*Handler/);
  });
});
