import { RouteConfig } from '@nestjs/platform-fastify';
import { type Action } from '../permissions.js';

/** What a route asks of its caller. A class, so that what stands in the configuration of a route can be recognised without a cast. */
export class RouteAccess {
  private constructor(
    readonly action: Action | 'open',
    /** True when a WebSocket upgrade on this route is admitted later, by the first message of the socket. */
    readonly admitsUpgrades: boolean,
  ) {}

  /** Everybody, also without a key: for what holds no data, and for routes that recognise their callers themselves. */
  static open(): RouteAccess {
    return new RouteAccess('open', false);
  }

  static requires(action: Action, options: { readonly admitsUpgrades?: boolean } = {}): RouteAccess {
    return new RouteAccess(action, options.admitsUpgrades ?? false);
  }

  /** The declaration in the configuration of a Fastify route. */
  static in(config: unknown): RouteAccess | undefined {
    if (typeof config !== 'object' || config === null || !('access' in config)) return undefined;
    return config.access instanceof RouteAccess ? config.access : undefined;
  }
}

/** The route answers everybody: it must hold no data. */
export const Open = (): MethodDecorator => RouteConfig({ access: RouteAccess.open() });

/** The route answers principals whose roles permit the action. A route that declares neither keeps the process from starting. */
export const Requires = (action: Action): MethodDecorator => RouteConfig({ access: RouteAccess.requires(action) });
