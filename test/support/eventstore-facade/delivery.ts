import { once } from 'node:events';
import { type ServerWritableStream } from '@grpc/grpc-js';
import { type streams } from './generated.js';
import { type FacadeNode } from './node.js';

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

/** One read or subscription, seen from its sender: writes as fast as the client takes, and no faster. */
export class Delivery {
  private readonly closing = new AbortController();

  constructor(
    private readonly node: FacadeNode,
    private readonly call: ReadCall,
  ) {
    for (const end of ['cancelled', 'close', 'error'] as const) call.on(end, () => this.closing.abort());
  }

  /** Aborts when the client is gone or the call has ended. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Resolves when the transport takes more. */
  async send(response: streams.ReadResp): Promise<void> {
    if (this.closed.aborted) return;
    this.node.counted.messagesWritten += 1;
    if (this.call.write(response)) return;
    // An abort is one of the two ends of waiting.
    await once(this.call, 'drain', { signal: this.closed }).catch(() => undefined);
  }

  end(): void {
    if (this.closed.aborted) return;
    this.closing.abort();
    this.call.end();
  }

  fail(error: Error): void {
    if (this.closed.aborted) return;
    this.closing.abort();
    this.call.emit('error', error);
  }

  /** Resets the connection, after what was sent had time to arrive: a reset throws away what is on its way. */
  async drop(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 30));
    this.node.front.drop(this.call.getPeer());
  }
}
