import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { IntakeClient } from './intake-client.js';

type Seen = { readonly path: string; readonly key: unknown; readonly body: string };
type Reply = { readonly status: number; readonly body: unknown; readonly retryAfter?: string };

const stored = (accepted: number): Reply => ({
  status: 200,
  body: { accepted, duplicates: 0, conflicts: 0, refusedCount: 0, refused: [] },
});
const busy: Reply = { status: 503, body: { detail: 'the queue is full', code: 'OVERLOADED' }, retryAfter: '0' };

describe('sending to the intake', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** A server that gives these replies one after the other, the last one for ever; `hang up` closes the connection instead, `break off` in the middle of the answer. */
  const answering = async (...replies: readonly (Reply | 'hang up' | 'break off')[]): Promise<{ client: IntakeClient; seen: Seen[] }> => {
    const seen: Seen[] = [];
    const started = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const reply = replies[Math.min(seen.length, replies.length - 1)];
        seen.push({ path: request.url ?? '', key: request.headers['idempotency-key'], body: Buffer.concat(chunks).toString('utf8') });
        if (reply === undefined || reply === 'hang up') return void request.socket.destroy();
        if (reply === 'break off') {
          response.writeHead(200, { 'content-length': '100' }).write('{"accepted":');
          return void setImmediate(() => request.socket.destroy());
        }
        const { status, body, retryAfter } = reply;
        response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(JSON.stringify(body));
      });
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    const { port } = started.address() as AddressInfo;
    return { client: new IntakeClient({ baseUrl: new URL(`http://127.0.0.1:${port}`), key: 'dl_id_secret' }, 'flights'), seen };
  };
  const shipment = { kind: 'labels', key: 'outcomes-7', body: '{"id":"a","label":true}', records: 1 } as const;

  it('goes to the deployment under its key', async () => {
    const { client, seen } = await answering(stored(1));
    await client.send(shipment);
    expect(seen).toEqual([{ path: '/v1/deployments/flights/labels', key: 'outcomes-7', body: shipment.body }]);
  });

  it('is tried again with the same key when the server is busy, hangs up or breaks off', async () => {
    const { client, seen } = await answering(busy, 'hang up', 'break off', stored(1));
    await client.send(shipment);
    expect(seen).toHaveLength(4);
    expect(new Set(seen.map(({ key, body }) => `${String(key)} ${body}`)).size).toBe(1);
  });

  it('gives up on a server that stays busy, with its reason', async () => {
    const { client, seen } = await answering(busy);
    await expect(client.send(shipment)).rejects.toMatchObject({ code: 'OVERLOADED', message: 'the queue is full (OVERLOADED)' });
    expect(seen).toHaveLength(5);
  });

  it('is not tried again when it is refused', async () => {
    const { client, seen } = await answering({ status: 422, body: { detail: 'a key is used once', code: 'KEY_REUSED' } });
    await expect(client.send(shipment)).rejects.toMatchObject({ code: 'KEY_REUSED', status: 422 });
    expect(seen).toHaveLength(1);
  });

  it('fails when the answer cannot be understood', async () => {
    const { client } = await answering({ status: 200, body: { taken: 'all' } });
    await expect(client.send(shipment)).rejects.toMatchObject({ name: 'ServerError', code: 'UNREADABLE' });
  });

  it('fails when not every record was stored', async () => {
    const refused = [{ index: 0, field: 'label', code: 'LABEL_INVALID', reason: 'a label is a word' }];
    const { client } = await answering({ status: 200, body: { accepted: 0, duplicates: 0, conflicts: 0, refusedCount: 1, refused } });
    await expect(client.send(shipment)).rejects.toThrow(
      '0 of 1 labels of outcomes-7 were stored, 1 refused, 0 in conflict; record 0, label: a label is a word',
    );
  });
});
