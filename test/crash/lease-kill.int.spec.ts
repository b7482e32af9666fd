import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type NatsConnection } from '@nats-io/transport-node';
import { SystemClock } from '#libs/kernel';
import { openNatsLeases } from '#libs/leases/nats';
import { connectToNats } from '#libs/messaging/nats';
import { describeWithNats, NatsServer } from '../support/nats-server.js';

const TTL_MS = 1_000;
const BUILT = join(process.cwd(), 'dist/libs/leases/src/nats/index.js');

/** A process that holds a lease, and what it says. */
class Holder {
  private readonly lines: string[] = [];
  private heard: () => void = () => undefined;

  constructor(private readonly child: ChildProcess) {
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.hear(line));
  }

  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.lines.find((one) => pattern.test(one));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => (this.heard = resolve));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private hear(line: string): void {
    this.lines.push(line);
    this.heard();
  }
}

describeWithNats('a process that holds a lease', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  beforeAll(async () => {
    if (!existsSync(BUILT)) throw new Error('this test runs the built library: npm run build comes first, npm test does it');
    server = await NatsServer.start();
    connection = await connectToNats({ servers: [server.url], name: 'spec' });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  const start = async (name: string): Promise<{ holder: Holder; epoch: bigint }> => {
    const program = join(process.cwd(), 'test/crash/lease-holder.mjs');
    const child = spawn(process.execPath, [program, server.url, name, String(TTL_MS)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const holder = new Holder(child);
    return { holder, epoch: BigInt((await holder.says(/^held /)).slice('held '.length)) };
  };

  it('is replaced when it was killed, by one that has a larger epoch, and only after the time to live', async () => {
    const leases = await openNatsLeases({ connection, clock: new SystemClock(), ttlMs: TTL_MS });
    const { holder, epoch } = await start('killed');
    const next = leases.acquire('killed', { value: 'spec' });
    await delay(TTL_MS);
    const began = performance.now();
    await holder.kill();
    const lease = await next;
    const tookMs = performance.now() - began;
    expect(lease.epoch > epoch).toBe(true);
    // It renewed at most a renewal before it died, and is noticed at most a look too late.
    expect(tookMs).toBeGreaterThan(TTL_MS / 2);
    expect(tookMs).toBeLessThan(TTL_MS * 4);
    await leases.close();
  });

  it('learns that it lost when it was frozen and goes on, and has a smaller epoch than who replaced it', async () => {
    const leases = await openNatsLeases({ connection, clock: new SystemClock(), ttlMs: TTL_MS });
    const { holder, epoch } = await start('frozen');
    holder.signal('SIGSTOP');
    const lease = await leases.acquire('frozen', { value: 'spec' });
    expect(lease.epoch > epoch).toBe(true);
    holder.signal('SIGCONT');
    expect(await holder.says(/^lost /)).toMatch(/^lost (expired|taken)$/);
    await delay(TTL_MS);
    expect(lease.lost.aborted).toBe(false);
    expect(await leases.holder('frozen')).toEqual({ value: 'spec', epoch: lease.epoch });
    await holder.kill();
    await leases.close();
  });
});
