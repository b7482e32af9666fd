import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { appendHandler, deleteHandler, tombstoneHandler } from './append-service.js';
import { batchAppendHandler } from './batch-service.js';
import { serverCertificate } from './certificates.js';
import { Faults } from './faults.js';
import { featuresHandler, gossipHandler } from './features-service.js';
import { Front } from './front.js';
import { featuresService, gossipService, streamsService } from './generated.js';
import { Log } from './log.js';
import { type FacadeNode, isAtLeast, statsOf } from './node.js';
import { type ChildSettings, type Order, type Reply, type Request, type Seed } from './protocol.js';
import { readHandler } from './read-service.js';
import { Store } from './store.js';

const DEFAULT_VERSION = '24.10.5';
const MIB = 1_048_576;
/** Clients split a batch into messages of 3 MiB; the sum is what the limit is about. */
const MESSAGE_BYTES_MAX = 17 * MIB;

const say = (reply: Reply): void => void process.send?.(reply);

const credentialsFor = async (settings: ChildSettings): Promise<ServerCredentials> => {
  if (settings.tls === false) return ServerCredentials.createInsecure();
  const { certificate, key } = await serverCertificate(
    settings.certificateDirectory ?? settings.directory,
    settings.expiredCertificate ?? false,
  );
  return ServerCredentials.createSsl(null, [{ cert_chain: certificate, private_key: key }], false);
};

const bind = (server: Server, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });

const addServices = (server: Server, node: FacadeNode): void => {
  const { batchAppend, ...streamMethods } = streamsService.StreamsService;
  const handlers = { read: readHandler(node), append: appendHandler(node), delete: deleteHandler(node), tombstone: tombstoneHandler(node) };
  if (isAtLeast(node, 21, 10)) server.addService({ ...streamMethods, batchAppend }, { ...handlers, batchAppend: batchAppendHandler(node) });
  else server.addService(streamMethods, handlers);
  server.addService(featuresService.ServerFeaturesService, { getSupportedMethods: featuresHandler(node) });
  server.addService(gossipService.GossipService, { read: gossipHandler(node) });
};

/** The clock of the node: it goes, or stands where the control channel set it. */
class Clock {
  fixedMs: number | undefined;

  readonly nowMs = (): number => this.fixedMs ?? Date.now();
}

const seedInto = (store: Store, { stream, count, type = 'Seeded', bodyBytes = 32 }: Seed): void => {
  const data = Buffer.from(JSON.stringify({ filler: 'x'.repeat(bodyBytes) }));
  const events = Array.from({ length: count }, () => ({
    id: randomUUID(),
    type,
    contentType: 'application/json',
    data,
    metadata: new Uint8Array(),
  }));
  if (count > 0) store.seed(stream, events);
};

const obey = async (node: FacadeNode, clock: Clock, order: Order): Promise<Extract<Reply, { kind: 'done' }>['value']> => {
  switch (order.order) {
    case 'inject':
      return void node.faults.inject(order.fault);
    case 'heal':
      return void node.faults.heal();
    case 'set-time':
      clock.fixedMs = order.epochMs;
      return undefined;
    case 'set-members':
      node.members = order.members;
      return undefined;
    case 'seed':
      return void seedInto(node.store, order.seed);
    case 'forget-event-ids':
      return void node.store.forgetEventIds();
    case 'repeat-caught-up':
      for (const subscription of node.subscriptions) subscription.repeatCaughtUp();
      return undefined;
    case 'end-subscriptions':
      for (const subscription of node.subscriptions) subscription.end();
      return undefined;
    case 'drop-connections':
      return void node.front.dropAll();
    case 'refuse-connections':
      await (order.refuse ? node.front.refuse() : node.front.takeAgain());
      return undefined;
    case 'release-held':
      for (const answer of node.held.splice(0)) answer();
      return undefined;
    case 'stats':
      return statsOf(node);
    case 'entries':
      return node.store.log.records.map(({ stream, revision, position, id, type }) => ({ stream, revision, commit: position, id, type }));
  }
};

const start = async (settings: ChildSettings): Promise<void> => {
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
  const clock = new Clock();
  const log = new Log(settings.keepOverRestart ? join(settings.directory, 'journal') : undefined);
  const front = new Front(await bind(server, await credentialsFor(settings)));
  const node: FacadeNode = {
    version: settings.version ?? DEFAULT_VERSION,
    secure: settings.tls !== false,
    store: new Store(log, { maxAppendBytes: settings.maxAppendBytes ?? MIB, nowMs: clock.nowMs }),
    faults: new Faults(),
    front,
    nowMs: clock.nowMs,
    subscriptions: new Set(),
    held: [],
    members: [],
    counted: {
      openReads: 0,
      openBatchStreams: 0,
      subscriptionsStarted: 0,
      messagesWritten: 0,
      plainAppends: 0,
      batchAppends: 0,
      calls: new Map(),
    },
  };
  addServices(server, node);
  process.on('message', (request: Request) => {
    obey(node, clock, request).then(
      (value) => say(value === undefined ? { kind: 'done', id: request.id } : { kind: 'done', id: request.id, value }),
      (error: unknown) => say({ kind: 'failed', id: request.id, message: String(error) }),
    );
  });
  await front.listen(settings.port);
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
