import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { caughtUp } from './server-metrics.js';

describe('waiting for the readers of the log', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** A server whose two readers are so far behind, one answer after the other, the last one for ever. */
  const behind = async (...lags: readonly number[]) => {
    let answers = 0;
    const started = createServer((_, response) => {
      const lag = lags[Math.min(answers, lags.length - 1)] ?? 0;
      answers += 1;
      response.end(
        `driftledger_subscription_lag_events{subscription="a"} ${lag}\ndriftledger_subscription_lag_events{subscription="b"} 0\n`,
      );
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    const { port } = started.address() as AddressInfo;
    return { baseUrl: new URL(`http://127.0.0.1:${port}`), key: 'dl_id_secret' };
  };

  it('ends when nothing was to go twice in a row', async () => {
    const seen: number[] = [];
    await caughtUp(await behind(7, 0, 3, 0, 0), { onLag: (lag) => seen.push(lag) });
    expect(seen).toEqual([7, 0, 3, 0, 0]);
  });

  it('gives up on readers that stand still', async () => {
    await expect(caughtUp(await behind(9, 5), { stallMs: 300 })).rejects.toMatchObject({
      code: 'STALLED',
      message: "the server's readers stand still, 5 events behind",
    });
  });
});
