import { headers, type NatsConnection } from '@nats-io/transport-node';
import { describeWithNats, NatsServer } from '../../../../test/support/nats-server.js';
import { type QueuedMessage, type Verdict } from '../work-queue.js';
import { connectToNats } from './connect.js';
import { MessageRelay } from './message-relay.js';

const HEADERS = new Map([
  ['content-type', 'application/x-ndjson'],
  ['authorization', 'Bearer dl_x'],
  ['not-ours', 'left behind'],
]);
const message: QueuedMessage = {
  subject: 'driftledger.predictions.a.b',
  body: Buffer.from([0, 1, 255]),
  header: (name) => HEADERS.get(name),
  key: 'ö/\n key',
  deliveries: 3,
};

describeWithNats('a message of the queue', () => {
  let server: NatsServer;
  let [here, there]: NatsConnection[] = [];
  beforeAll(async () => {
    server = await NatsServer.start();
    [here, there] = [
      await connectToNats({ servers: [server.url], name: 'here' }),
      await connectToNats({ servers: [server.url], name: 'there' }),
    ];
  });
  afterAll(async () => {
    for (const connection of [here!, there!]) await connection.close();
    await server.stop();
  });

  it('arrives at the process of that address as it was taken, and its verdict comes back', async () => {
    const seen: QueuedMessage[] = [];
    const verdicts: Verdict[] = [
      { kind: 'done' },
      { kind: 'later', afterMs: 17 },
      { kind: 'refused', problem: { status: 422, code: 'NO', detail: 'no' } },
    ];
    const end = new MessageRelay(there!).serve('http://there:4000', async (one) => verdicts[seen.push(one) - 1]!);
    await there!.flush();
    const relay = new MessageRelay(here!);
    for (const verdict of verdicts) expect(await relay.send('http://there:4000', message)).toEqual(verdict);
    const [one] = seen;
    expect([one?.subject, [...one!.body], one?.key, one?.deliveries]).toEqual([message.subject, [0, 1, 255], message.key, 3]);
    expect(['content-type', 'authorization', 'not-ours', 'content-encoding'].map((name) => one?.header(name))).toEqual([
      ...['application/x-ndjson', 'Bearer dl_x', undefined, undefined],
    ]);
    end();
  });

  it('has no verdict where nobody listens, where the work fails, and where it takes too long', async () => {
    const relay = new MessageRelay(here!, 200);
    await expect(relay.send('http://nobody', message)).rejects.toMatchObject({ name: 'BusUnavailable' });
    const ends = [
      new MessageRelay(there!).serve('fails', () => Promise.reject(new Error('broken'))),
      new MessageRelay(there!).serve('hangs', () => new Promise<Verdict>(() => undefined)),
    ];
    await there!.flush();
    for (const address of ['fails', 'hangs']) await expect(relay.send(address, message)).rejects.toMatchObject({ transient: true });
    for (const end of ends) end();
  });

  it('has no verdict under a key that nobody can read, and the next one has', async () => {
    const end = new MessageRelay(there!).serve('reads', () => Promise.resolve({ kind: 'done' }));
    await there!.flush();
    const about = headers();
    about.set('Driftledger-Subject', message.subject);
    about.set('Driftledger-Key', '%');
    const subject = `driftledger.relay.${Buffer.from('reads').toString('base64url')}`;
    await expect(here!.request(subject, 'x', { headers: about, timeout: 200 })).rejects.toThrow('timeout');
    expect(await new MessageRelay(here!).send('reads', message)).toEqual({ kind: 'done' });
    end();
  });

  it('stays where it is when it is as large as the server permits', () => {
    const relay = new MessageRelay(here!);
    const max = here!.info!.max_payload;
    expect([relay.fits(message), relay.fits({ ...message, body: new Uint8Array(max - 100) })]).toEqual([true, false]);
  });
});
