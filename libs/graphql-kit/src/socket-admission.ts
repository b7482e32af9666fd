import { AsyncLocalStorage } from 'node:async_hooks';
import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { type Admission, type EdgeRequest, type GraphqlAccess } from './access.js';
import { type GraphqlContext, type LiveConnection } from './context.js';
import { FORBIDDEN } from './live-iterator.js';

type WebSocketLike = { close(code?: number, reason?: string): void };
type Upgrade = { readonly request: EdgeRequest; socket?: WebSocketLike };

/** How long a socket may stay open before it has shown who it is. */
const INIT_TIMEOUT_MS = 10_000;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The protocol of the sockets here; a client that names none means it. */
export const SOCKET_PROTOCOL = 'graphql-transport-ws';

const offersProtocol = (offered: string | undefined): boolean =>
  offered === undefined || offered.split(',', 1)[0]?.trim() === SOCKET_PROTOCOL;

/** Browsers always send Origin with an upgrade; a page of another origin must not speak with our cookie. */
const isOwnOrigin = (origin: string | undefined, host: string | undefined): boolean => {
  if (origin === undefined) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
};

/**
 * Admits WebSockets. Mercurius hands the request to one callback and the payload of `connection_init` to another; what belongs together
 * is found through the asynchronous context of the upgrade. Without one, nobody is admitted.
 */
export class SocketAdmission {
  private readonly upgrades = new AsyncLocalStorage<Upgrade>();
  private readonly unproven = new WeakMap<Socket, NodeJS.Timeout>();

  constructor(
    private readonly access: GraphqlAccess,
    private readonly initTimeoutMs: number = INIT_TIMEOUT_MS,
  ) {}

  /** `verifyClient`: refuses foreign origins and other protocols, and starts the clock of a socket that has not said who it is. */
  verify(request: IncomingMessage, next: (result: boolean, code?: number, message?: string) => void): void {
    if (!isOwnOrigin(request.headers.origin, request.headers.host)) return next(false, 403, 'Forbidden');
    if (!offersProtocol(request.headers['sec-websocket-protocol'])) return next(false, 400, `speak ${SOCKET_PROTOCOL}`);
    const timer = setTimeout(() => request.socket.destroy(), this.initTimeoutMs).unref();
    this.unproven.set(request.socket, timer);
    request.socket.once('close', () => clearTimeout(timer));
    next(true);
  }

  /** Runs the rest of the upgrade with its request at hand. */
  enter(request: EdgeRequest, proceed: () => void): void {
    this.upgrades.run({ request }, proceed);
  }

  /** `subscription.context`: keeps the socket for the admission that follows. */
  attach(socket: WebSocketLike): object {
    const upgrade = this.upgrades.getStore();
    if (upgrade) upgrade.socket = socket;
    return {};
  }

  /** `onConnect`: the context of the connection, or false after closing it. */
  async admit(payload: unknown): Promise<GraphqlContext | false> {
    const upgrade = this.upgrades.getStore();
    if (!upgrade?.socket) return false;
    const { socket, request } = upgrade;
    const admission = await this.access.admitConnection(request, isRecord(payload) ? payload : {});
    if (admission.kind === 'refused') return refuse(socket, admission);
    clearTimeout(this.unproven.get(request.raw.socket));
    const connection: LiveConnection = { close: (code, reason) => socket.close(code, reason) };
    return { viewer: admission.viewer, connection };
  }
}

const refuse = (socket: WebSocketLike, { detail }: Extract<Admission, { kind: 'refused' }>): false => {
  socket.close(FORBIDDEN, detail.slice(0, 100));
  return false;
};
