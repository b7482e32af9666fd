import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * The port clients connect to. Bytes pass through to the gRPC server behind it, so that a connection can be reset, refused
 * or counted, which a gRPC server does not let its owner do.
 */
export class Front {
  private server: Server | undefined;
  /** Client side of each connection, by the local port of its inner side: what the gRPC server takes for the peer. */
  private readonly clients = new Map<number, Socket>();
  private listensAt = 0;
  private closedBytes = 0;
  connections = 0;

  constructor(private readonly innerPort: number) {}

  get port(): number {
    return this.listensAt;
  }

  get bytesToClients(): number {
    return [...this.clients.values()].reduce((sum, socket) => sum + socket.bytesWritten, this.closedBytes);
  }

  async listen(port: number): Promise<void> {
    const server = createServer((client) => this.accept(client));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
    const address: AddressInfo | string | null = server.address();
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
    if (!this.server) await this.listen(this.listensAt);
  }

  dropAll(): void {
    for (const socket of this.clients.values()) socket.resetAndDestroy();
  }

  /** Resets the connection of a call. @param peer as gRPC names it: `127.0.0.1:port` */
  drop(peer: string): void {
    this.clients.get(Number(peer.split(':').at(-1)))?.resetAndDestroy();
  }

  private accept(client: Socket): void {
    this.connections += 1;
    client.setNoDelay(true);
    const inner = connect({ port: this.innerPort, host: '127.0.0.1', noDelay: true }, () => {
      if (inner.localPort !== undefined) this.clients.set(inner.localPort, client);
      client.pipe(inner);
      inner.pipe(client);
    });
    // The other side learns of the end by its own close; a reset is what this class is for.
    client.on('error', () => inner.destroy());
    inner.on('error', () => client.destroy());
    client.once('close', () => {
      this.closedBytes += client.bytesWritten;
      for (const [port, socket] of this.clients) if (socket === client) this.clients.delete(port);
      inner.destroy();
    });
    inner.once('close', () => client.destroy());
  }
}
