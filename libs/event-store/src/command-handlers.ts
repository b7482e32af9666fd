import { Inject, Injectable, type OnModuleInit, type Provider, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CommandHandler } from '@nestjs/cqrs';
import { type Decider, type DomainEvent, type Refusal } from '#libs/kernel';
import { EventCodec } from './codec.js';
import { type CommandLike, CommandRunner } from './command-runner.js';
import { CommandWatch } from './command-watch.js';
import { type Outcome } from './outcome.js';
import { RefusalLog } from './refusal-log.js';
import { EventStore } from './store.js';

/** A command class as `@nestjs/cqrs` routes it. */
export type CommandClass<C extends CommandLike> = new (...args: never[]) => C;

/** The write side of a context: who decides, about which stream, which commands. */
export type HandlersOf<S, C extends CommandLike, E extends DomainEvent, Code extends string> = {
  readonly decider: Decider<S, C, E, Refusal<Code>>;
  readonly streamOf: (command: NoInfer<C>) => string;
  readonly commands: readonly CommandClass<NoInfer<C>>[];
};

/** The key under which `@CommandHandler` leaves the command class; the package does not export it. */
const HANDLED_COMMAND = '__commandHandler__';

/**
 * One `<Command>Handler` provider per command class, a runner for them, and a check at start that no command has two handlers.
 * The process must provide `EventStore` and `EventCodec`, and may provide a `RefusalLog` and a `CommandWatch`.
 */
export const handlersFor = <S, C extends CommandLike, E extends DomainEvent, Code extends string>(
  of: HandlersOf<S, C, E, Code>,
): Provider[] => [
  {
    provide: CommandRunner,
    useFactory: (store: EventStore, codec: EventCodec, refusals?: RefusalLog, watch?: CommandWatch): CommandRunner =>
      new CommandRunner(store, codec, { refusals, watch }),
    inject: [EventStore, EventCodec, { token: RefusalLog, optional: true }, { token: CommandWatch, optional: true }],
  },
  OneHandlerPerCommand,
  ...of.commands.map((command) => handlerOf(of, command)),
];

const handlerOf = <S, C extends CommandLike, E extends DomainEvent, Code extends string>(
  { decider, streamOf }: HandlersOf<S, C, E, Code>,
  command: CommandClass<C>,
): Type<unknown> => {
  class Handler {
    constructor(private readonly runner: CommandRunner) {}

    execute(given: C): Promise<Outcome<Code>> {
      return this.runner.run({ decider, stream: streamOf(given), command: given });
    }
  }
  // The name is what stack traces and Nest's own messages show.
  Object.defineProperty(Handler, 'name', { value: `${command.name}Handler` });
  Injectable()(Handler);
  Inject(CommandRunner)(Handler, undefined, 0);
  CommandHandler(command)(Handler);
  return Handler;
};

/** Nest only warns when a second handler replaces the first; a command answered by the wrong one is worth not starting. */
@Injectable()
class OneHandlerPerCommand implements OnModuleInit {
  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  /** @throws Error naming the command and its handlers */
  onModuleInit(): void {
    const handlers = new Map<unknown, string>();
    for (const module of this.modules.values()) {
      for (const { metatype } of module.providers.values()) {
        if (typeof metatype !== 'function') continue;
        const command: unknown = Reflect.getMetadata(HANDLED_COMMAND, metatype);
        if (command === undefined) continue;
        const other = handlers.get(command);
        if (other !== undefined) throw new Error(`${nameOf(command)} has two handlers: ${other} and ${metatype.name}`);
        handlers.set(command, metatype.name);
      }
    }
  }
}

const nameOf = (command: unknown): string => (typeof command === 'function' ? command.name : String(command));
