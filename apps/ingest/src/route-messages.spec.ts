import { type QueuedMessage, type Verdict } from '#libs/messaging';
import { deploymentIdOf } from '#libs/deployments';
import { type MessageRoutes, received, routed } from './route-messages.js';
import { type Writer } from './writers.js';

const DONE: Verdict = { kind: 'done' };
const LATER: Verdict = { kind: 'later', afterMs: 1_000 };
const REFUSED: Verdict = { kind: 'refused', problem: { code: 'NO' } };

const messageTo = (subject: string): QueuedMessage => ({
  subject,
  body: new Uint8Array(),
  header: () => undefined,
  key: 'k',
  deliveries: 1,
});

describe('a message of the queue', () => {
  let worked: string[];
  let sent: string[];
  let forgotten: string[];
  beforeEach(() => ([worked, sent, forgotten] = [[], [], []]));

  const routesTo = (writer: Writer, answer: () => Promise<Verdict> = async () => REFUSED, fits = true): MessageRoutes => ({
    work: async ({ subject }) => {
      worked.push(subject);
      return DONE;
    },
    writers: { writerOf: async () => writer, forget: (id) => void forgotten.push(id) },
    relay: {
      fits: () => fits,
      send: async (address) => {
        sent.push(address);
        return answer();
      },
    },
  });
  const elsewhere: Writer = { kind: 'elsewhere', url: 'http://other:4000' };

  it('is worked on here when its deployment is written here, or when it names none', async () => {
    expect(await routed(routesTo({ kind: 'here' }))(messageTo('driftledger.labels.a.b'))).toEqual(DONE);
    for (const subject of ['driftledger.predictions.NOT A NAME', 'driftledger.other.a'])
      expect(await routed(routesTo(elsewhere))(messageTo(subject))).toEqual(DONE);
    expect([worked.length, sent]).toEqual([3, []]);
  });

  it('is sent to where its deployment is written, and what came of it there is what came of it', async () => {
    expect(await routed(routesTo(elsewhere))(messageTo('driftledger.predictions.a'))).toEqual(REFUSED);
    expect([worked, sent]).toEqual([[], ['http://other:4000']]);
  });

  it('comes again when nobody writes, and when the other one died or answers too late: its writer is then looked up again', async () => {
    expect(await routed(routesTo({ kind: 'nobody' }))(messageTo('driftledger.predictions.a'))).toEqual(LATER);
    const dead = routesTo(elsewhere, () => Promise.reject(new Error('no verdict')));
    expect(await routed(dead)(messageTo('driftledger.predictions.a'))).toEqual(LATER);
    expect([worked, forgotten]).toEqual([[], [deploymentIdOf('a')]]);
  });

  it('is worked on here when it is too large to be sent on', async () => {
    expect(await routed(routesTo(elsewhere, undefined, false))(messageTo('driftledger.predictions.a'))).toEqual(DONE);
    expect(sent).toEqual([]);
  });

  it('that was sent here is not sent on: it comes again when the role has moved meanwhile', async () => {
    for (const writer of [elsewhere, { kind: 'nobody' } as const])
      expect(await received(routesTo(writer))(messageTo('driftledger.predictions.a'))).toEqual(LATER);
    expect(await received(routesTo({ kind: 'here' }))(messageTo('driftledger.predictions.a'))).toEqual(DONE);
    expect([worked.length, sent]).toEqual([1, []]);
  });
});
