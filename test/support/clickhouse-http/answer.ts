import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip, gzipSync, type Gzip } from 'node:zlib';
import { type Exception } from './exceptions.js';
import { type Faults } from './faults.js';
import { type FaultOf } from './protocol.js';
import { type Statement } from './request.js';

/**
 * An answer as servers give it: headers with the first bytes, or with all of them when the client waits for the end. An error before
 * the first bytes has a status; one after them is text in the body, between marks that the headers announce.
 */
export class Answer {
  private readonly buffered: Uint8Array[] = [];
  private readonly tag = randomBytes(8).toString('hex');
  private readonly startedAt = process.hrtime.bigint();
  private readonly streamed: FaultOf<'stream'> | undefined;
  private gzip: Gzip | undefined;
  private rows = 0;

  constructor(
    private readonly response: ServerResponse,
    private readonly statement: Statement,
    private readonly faults: Faults,
  ) {
    this.streamed = statement.waitsForEnd ? faults.take('stream', statement.text) : undefined;
  }

  get streams(): boolean {
    return !this.statement.waitsForEnd || this.streamed !== undefined;
  }

  async take(bytes: Uint8Array, rowsRead: number): Promise<void> {
    this.rows += rowsRead;
    if (!this.streams) this.buffered.push(bytes);
    else if (bytes.length > 0) await this.write(bytes);
  }

  async end(): Promise<void> {
    const whole = Buffer.concat(this.buffered);
    if (this.response.headersSent) {
      await this.finish();
      return;
    }
    const body = this.statement.gzip ? gzipSync(whole) : whole;
    this.head();
    await this.send(body);
  }

  async fail(exception: Exception): Promise<void> {
    if (!this.response.headersSent) {
      fail(this.response, exception, this.statement.id);
      return;
    }
    await this.write(Buffer.from(this.inBody(exception.text)));
    await this.finish();
  }

  private inBody(text: string): string {
    if (this.streamed?.exception === 'plain') return text;
    if (this.streamed?.exception === 'row') return `,\n{"exception":${JSON.stringify(text)}}\n]\n`;
    return `\r\n__exception__\r\n${this.tag}\r\n${text}${Buffer.byteLength(text)} ${this.tag}\r\n__exception__\r\n`;
  }

  private async write(bytes: Uint8Array): Promise<void> {
    const { response, statement } = this;
    if (!response.headersSent) {
      this.head();
      if (statement.gzip) {
        this.gzip = createGzip();
        this.gzip.pipe(response);
      }
    }
    const sink = this.gzip ?? response;
    if (!sink.write(bytes) && !response.destroyed) await Promise.race([once(sink, 'drain'), once(response, 'close')]);
  }

  private async finish(): Promise<void> {
    (this.gzip ?? this.response).end();
    if (!this.response.writableFinished && !this.response.destroyed) await once(this.response, 'close');
  }

  private head(): void {
    const { statement, response } = this;
    const summary = {
      ...{ read_rows: String(this.rows), read_bytes: '0', written_rows: statement.rows === undefined ? '0' : String(this.rows) },
      ...{ written_bytes: '0', total_rows_to_read: '0', result_rows: '0', result_bytes: '0' },
      elapsed_ns: String(process.hrtime.bigint() - this.startedAt),
    };
    response.writeHead(200, {
      'content-type': 'text/plain; charset=UTF-8',
      'x-clickhouse-query-id': statement.id,
      'x-clickhouse-format': /\bFORMAT\s+(\w+)/i.exec(statement.text)?.[1] ?? statement.format,
      'x-clickhouse-timezone': 'UTC',
      'x-clickhouse-server-display-name': 'HTTP front of the embedded engine',
      'x-clickhouse-summary': JSON.stringify(summary),
      ...((this.streamed?.exception ?? 'marked') === 'marked' ? { 'x-clickhouse-exception-tag': this.tag } : {}),
      ...(statement.gzip ? { 'content-encoding': 'gzip' } : {}),
    });
  }

  /** The whole body at once, or as a fault has it. */
  private async send(body: Buffer): Promise<void> {
    const { response, faults, statement } = this;
    const cut = faults.take('truncate', statement.text);
    if (cut) {
      const begin = body.subarray(0, cut.afterBytes);
      if (cut.ends === 'in order') response.end(begin);
      else response.write(begin, () => response.socket?.resetAndDestroy());
      return;
    }
    const slow = faults.take('slow', statement.text);
    if (slow)
      for (let at = 0; at < body.length && !response.destroyed; at += slow.bytesAtOnce) {
        response.write(body.subarray(at, at + slow.bytesAtOnce));
        await pause(slow.pauseMs);
      }
    response.end(slow ? undefined : body);
  }
}

/** An error in place of an answer. */
export const fail = (response: ServerResponse, exception: Exception, id: string): void => {
  response
    .writeHead(exception.status, {
      'content-type': 'text/plain; charset=UTF-8',
      'x-clickhouse-exception-code': String(exception.code),
      'x-clickhouse-query-id': id,
    })
    .end(exception.text);
};
