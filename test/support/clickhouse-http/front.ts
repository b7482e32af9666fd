import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type Socket } from 'node:net';
import { Answer, fail } from './answer.js';
import { type Engine } from './engine.js';
import { Exception, exceptionOf } from './exceptions.js';
import { Faults } from './faults.js';
import { type ChildSettings, type Failed, type FrontStats, type Seen } from './protocol.js';
import { authenticate, type Statement, statementOf } from './request.js';
import { isReading } from './rewriting.js';

const KEPT_MAX = 200;

const keep = <T>(list: T[], one: T): void => {
  list.push(one);
  if (list.length > KEPT_MAX) list.shift();
};

/** The port clients talk to. */
export class Front {
  readonly faults = new Faults();
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly seen: Seen[] = [];
  private readonly failed: Failed[] = [];
  private held: (() => void)[] = [];
  private connections = 0;
  private listensAt: number;

  constructor(
    private readonly engine: Engine,
    private readonly settings: ChildSettings,
  ) {
    this.listensAt = settings.port;
  }

  get port(): number {
    return this.listensAt;
  }

  async listen(): Promise<void> {
    const { tls, keepAliveMs = 30_000 } = this.settings;
    const handle = (request: IncomingMessage, response: ServerResponse): void => void this.serve(request, response);
    const server = tls ? createHttpsServer({ cert: tls.certificate, key: tls.key }, handle) : createHttpServer(handle);
    server.keepAliveTimeout = keepAliveMs;
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.listen(this.listensAt, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
    const address = server.address();
    if (address !== null && typeof address === 'object') this.listensAt = address.port;
  }

  async refuse(): Promise<void> {
    const closed = this.server && once(this.server, 'close');
    this.server?.close();
    this.server = undefined;
    this.dropAll();
    await closed;
  }

  async takeAgain(): Promise<void> {
    if (!this.server) await this.listen();
  }

  dropAll(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  release(): void {
    for (const go of this.held.splice(0)) go();
  }

  stats(): FrontStats {
    return { connections: this.connections, held: this.held.length, running: this.engine.load, seen: this.seen, failed: this.failed };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const id = url.searchParams.get('query_id') ?? randomUUID();
    // A client that goes away while it is being answered.
    response.on('error', () => undefined);
    if (url.pathname === '/ping') return void response.end('Ok.\n');
    try {
      if (url.pathname !== '/') throw new Exception(60, 'UNKNOWN_TABLE', `There is no handle ${url.pathname}`);
      const user = authenticate(request, url.searchParams, this.settings.users ?? { default: '' });
      const statement = await statementOf(request, url.searchParams, user, id);
      this.note(statement);
      await this.answer(statement, response);
    } catch (error) {
      if (!response.headersSent && !response.destroyed) fail(response, exceptionOf(error), id);
    }
  }

  private async answer(statement: Statement, response: ServerResponse): Promise<void> {
    await this.hold(statement, 'before');
    if (this.disturb(statement, 'before', response)) return;
    const answer = new Answer(response, statement, this.faults);
    if (statement.endsWithClient && isReading(statement.text))
      response.once('close', () => {
        if (!response.writableFinished) void this.engine.kill(statement.id);
      });
    const inside = this.faults.take('hold', statement.text, 'inside');
    try {
      const run = { ...statement, waitsForEnd: !answer.streams };
      await this.engine.run(run, (bytes, rows) => answer.take(bytes, rows), inside && (() => this.wait()));
    } catch (error) {
      const exception = exceptionOf(error);
      keep(this.failed, { statement: statement.text, code: exception.code });
      await this.hold(statement, 'after');
      if (!this.disturb(statement, 'after', response)) await answer.fail(exception);
      return;
    }
    await this.hold(statement, 'after');
    if (!this.disturb(statement, 'after', response)) await answer.end();
  }

  private note({ id, text, method, compressed, gzip, bodyBytes }: Statement): void {
    keep(this.seen, { id, statement: text, method, compressed, takesGzip: gzip, bodyBytes });
  }

  private wait(): Promise<void> {
    return new Promise((resolve) => this.held.push(resolve));
  }

  private async hold({ text }: Statement, when: 'before' | 'after'): Promise<void> {
    if (this.faults.take('hold', text, when)) await this.wait();
  }

  /** Answers as a fault has it. @returns whether one did */
  private disturb({ text }: Statement, when: 'before' | 'after', response: ServerResponse): boolean {
    if (this.faults.take('reset', text, when)) {
      response.socket?.resetAndDestroy();
      return true;
    }
    const status = this.faults.take('status', text, when);
    if (status) response.writeHead(status.status, { 'content-type': 'text/html' }).end('<h1>no server is available</h1>');
    return status !== undefined;
  }
}
