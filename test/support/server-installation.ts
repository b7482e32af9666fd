import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseFront, startClickHouseFront } from './clickhouse-http/start-front.js';
import { type Facade, startFacade } from './eventstore-facade/start-facade.js';
import { freePort } from './free-port.js';
import { NatsServer } from './nats-server.js';
import { type Ended, ServerProgram } from './server-program.js';

type Servers = { readonly facade: Facade; readonly front: ClickHouseFront; readonly nats: NatsServer };

/**
 * Driftledger as several programs on this machine: a protocol facade for the log and an HTTP front for the read model, which keep what they
 * were told over a restart, a real NATS server, and the programs that are started.
 */
export class ServerInstallation {
  readonly programs: ServerProgram[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'driftledger-programs-'));

  private constructor(private readonly servers: Servers) {}

  static async start(): Promise<ServerInstallation> {
    const [facade, front, nats] = await Promise.all([startFacade({ keepOverRestart: true }), startClickHouseFront(), NatsServer.start()]);
    return new ServerInstallation({ facade, front, nats });
  }

  get facade(): Facade {
    return this.servers.facade;
  }

  get front(): ClickHouseFront {
    return this.servers.front;
  }

  get nats(): NatsServer {
    return this.servers.nats;
  }

  /** Of the first admin; there once an `api` has started. */
  get authorization(): string {
    return `Bearer ${readFileSync(this.keyFile, 'utf8').trim()}`;
  }

  /** Starts a copy of a program. All copies of the intake share a directory, for the keys in it. */
  async program(name: ServerProgram['name']): Promise<ServerProgram> {
    const { facade, front, nats } = this.servers;
    const one = new ServerProgram(name, {
      DRIFTLEDGER_EVENTSTORE: facade.url,
      DRIFTLEDGER_CLICKHOUSE: front.url,
      DRIFTLEDGER_NATS: nats.url,
      DRIFTLEDGER_NATS_PRINCIPAL: 'admin',
      DRIFTLEDGER_DATA: join(this.folder, name === 'ingest' ? 'ingest' : `${name}-${this.programs.length}`),
      DRIFTLEDGER_PORT: String(await freePort()),
      DRIFTLEDGER_ADMIN_KEY_FILE: this.keyFile,
    });
    this.programs.push(one);
    await one.start();
    return one;
  }

  /** An orderly end of all programs at once. */
  endPrograms(): Promise<readonly Ended[]> {
    return Promise.all(this.programs.map((one) => one.end('SIGTERM')));
  }

  /** Ends everything; its files are removed. */
  async stop(): Promise<void> {
    await Promise.all(this.programs.map((one) => one.end('SIGKILL')));
    await Promise.all(Object.values(this.servers).map((server) => server.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get keyFile(): string {
    return join(this.folder, 'admin.key');
  }
}
