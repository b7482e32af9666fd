import { setTimeout as delay } from 'node:timers/promises';
import { Socket } from 'node:net';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hearOutWhatIsTooLarge } from './heard-out.js';

@Module({})
class Nothing {}

describe('a body that is too large', () => {
  let app: NestFastifyApplication;
  let port = 0;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(Nothing, new FastifyAdapter({ bodyLimit: 1_000 }), { logger: false });
    hearOutWhatIsTooLarge(app);
    app
      .getHttpAdapter()
      .getInstance()
      .post('/', async () => 'taken');
    await app.listen(0, '127.0.0.1');
    port = Number(new URL(await app.getUrl()).port);
  });
  afterAll(() => app.close());

  /** What comes back, to one that reads only when all was sent; or the error of the write. */
  const answerTo = async (announced: number, sent: number): Promise<string> => {
    const socket = new Socket();
    const faults: string[] = [];
    socket.on('error', (error) => faults.push(error.message)).connect(port, '127.0.0.1');
    const chunk = Buffer.alloc(64 * 1024, ' ');
    socket.write(`POST / HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: ${announced}\r\n\r\n`);
    for (let bytes = 0; bytes < sent && faults.length === 0; bytes += chunk.length) {
      socket.write(chunk);
      await delay(1);
    }
    let text = '';
    socket.on('data', (part: Buffer) => (text += part.toString('latin1')));
    for (let waited = 0; waited < 5_000 && faults.length === 0 && !text.includes('\r\n\r\n'); waited += 10) await delay(10);
    socket.destroy();
    return faults[0] ?? text.slice(0, 12);
  };

  it('is answered when all of it was sent', async () => {
    expect(await answerTo(10 * 1024 * 1024, 10 * 1024 * 1024)).toBe('HTTP/1.1 413');
  });

  it('is answered after some seconds when the rest never comes', async () => {
    expect(await answerTo(10 * 1024 * 1024, 1024 * 1024)).toBe('HTTP/1.1 413');
  });
});
