import { z } from 'zod';
import { type FrameLimits, FrameGuard } from './frame-guard.js';

/** The part of a WebSocket of `ws` that a guard stands before. */
type GuardedSocket = {
  emit(event: string, ...values: unknown[]): boolean;
  send(data: string, ...more: unknown[]): void;
  close(code: number, reason: string): void;
};

type SocketServer = { on(event: 'connection', listener: (socket: GuardedSocket) => void): unknown };

const Failure = z.looseObject({
  message: z.string(),
  locations: z.unknown().optional(),
  extensions: z.looseObject({ code: z.string() }).optional(),
});
const Ended = z.discriminatedUnion('type', [
  z.object({ type: z.literal('complete'), id: z.string() }),
  z.object({ type: z.literal('error'), id: z.string(), payload: z.array(Failure) }),
]);
type Ended = z.output<typeof Ended>;

const withCode = (failure: z.output<typeof Failure>): object => {
  if (failure.extensions) return failure;
  // What is wrong with the request has a place in it; anything else is about the server.
  if (failure.locations !== undefined) return { ...failure, extensions: { code: 'MALFORMED' } };
  return { message: 'internal error', extensions: { code: 'INTERNAL' } };
};

const masked = (ended: Extract<Ended, { type: 'error' }>): object => ({ ...ended, payload: ended.payload.map(withCode) });

/** The id of a subscription that the server's own frame ends. Frames with data are not parsed: they are many. */
const endedBy = (data: string): Ended | undefined =>
  data.startsWith('{"type":"complete"') || data.startsWith('{"type":"error"') ? Ended.safeParse(JSON.parse(data)).data : undefined;

const textOf = (data: unknown, isBinary: unknown): string => (isBinary !== true && Buffer.isBuffer(data) ? data.toString('utf8') : '');

/** Puts a guard between a socket and whoever listens to its messages, who must not have begun to. */
const guardSocket = (socket: GuardedSocket, limits: FrameLimits): void => {
  const guard = new FrameGuard(limits);
  const [emit, send] = [socket.emit.bind(socket), socket.send.bind(socket)];
  socket.emit = (event, ...values) => {
    if (event !== 'message') return emit(event, ...values);
    const verdict = guard.judge(textOf(values[0], values[1]));
    if (verdict?.kind === 'pass') return emit('message', Buffer.from(verdict.frame), false);
    if (verdict?.kind === 'refuse') send(JSON.stringify({ type: 'error', id: verdict.id, payload: [verdict.error] }));
    if (verdict?.kind === 'close') socket.close(verdict.code, verdict.reason);
    return true;
  };
  socket.send = (data, ...more) => {
    const ended = endedBy(data);
    if (ended) guard.ended(ended.id);
    send(ended?.type === 'error' ? JSON.stringify(masked(ended)) : data, ...more);
    // The server keeps what it had set up for a subscription that failed until it hears that it is over.
    if (ended?.type === 'error') emit('message', Buffer.from(JSON.stringify({ type: 'complete', id: ended.id })), false);
  };
};

const isSocketServer = (value: unknown): value is SocketServer =>
  typeof value === 'object' && value !== null && 'on' in value && typeof value.on === 'function';

/** Guards every socket of the WebSocket server behind a route, from its first request on. */
export class SocketGuards {
  private readonly guarded = new WeakSet<object>();

  constructor(private readonly limits: FrameLimits) {}

  /** @throws TypeError when the server of the route takes no WebSockets */
  guard(server: object): void {
    const sockets: unknown = Reflect.get(server, 'websocketServer');
    if (!isSocketServer(sockets)) throw new TypeError('SocketGuards.guard requires a server that takes WebSockets');
    if (this.guarded.has(sockets)) return;
    this.guarded.add(sockets);
    sockets.on('connection', (socket) => guardSocket(socket, this.limits));
  }
}
