import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from './engine.js';
import { Front } from './front.js';
import { type ChildSettings, type FrontStats, type Order, type Reply, type Request } from './protocol.js';

const say = (reply: Reply): void => void process.send?.(reply);

const obey = async (front: Front, order: Order): Promise<FrontStats | undefined> => {
  switch (order.order) {
    case 'inject':
      return void front.faults.inject(order.fault);
    case 'heal':
      return void front.faults.heal();
    case 'release':
      return void front.release();
    case 'refuse-connections':
      await (order.refuse ? front.refuse() : front.takeAgain());
      return undefined;
    case 'drop-connections':
      return void front.dropAll();
    case 'stats':
      return front.stats();
  }
};

const start = async (settings: ChildSettings): Promise<void> => {
  mkdirSync(settings.data, { recursive: true });
  rmSync(join(settings.data, 'bodies'), { recursive: true, force: true });
  const front = new Front(new Engine(settings.data), settings);
  process.on('message', (request: Request) => {
    obey(front, request).then(
      (stats) => say(stats ? { kind: 'done', id: request.id, stats } : { kind: 'done', id: request.id }),
      (error: unknown) => say({ kind: 'failed', id: request.id, message: String(error) }),
    );
  });
  await front.listen();
  say({ kind: 'listening', port: front.port });
};

// Whoever started this process is gone: nobody will end it.
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));

const settings: ChildSettings = JSON.parse(process.argv[2] ?? '{}');
start(settings).catch((error: unknown) => {
  say({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
  process.disconnect();
});
