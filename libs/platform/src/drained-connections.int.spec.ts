import { Agent, get } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { endConnectionsWhenClosing } from './drained-connections.js';

@Module({})
class Nothing {}

describe('a server that closes', () => {
  it('answers a request that is under way and ends, though its client would keep the connection', async () => {
    const app = await NestFactory.create<NestFastifyApplication>(Nothing, new FastifyAdapter({ keepAliveTimeout: 60_000 }), {
      logger: false,
    });
    endConnectionsWhenClosing(app);
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      app
        .getHttpAdapter()
        .getInstance()
        .get('/slow', async () => {
          resolve();
          await new Promise<void>((done) => (answer = done));
          return 'done';
        });
    });
    await app.listen(0, '127.0.0.1');
    const agent = new Agent({ keepAlive: true });
    const url = await app.getUrl();
    const answered = new Promise<string>((resolve, reject) => {
      get(`${url}/slow`, { agent }, (response) => response.on('data', (bytes: Buffer) => resolve(bytes.toString()))).on('error', reject);
    });
    await asked;
    const closing = app.close();
    // By now those that were idle at the beginning have been closed.
    setTimeout(() => answer(), 200);
    const begun = performance.now();
    expect(await answered).toBe('done');
    await closing;
    expect(performance.now() - begun).toBeLessThan(10_000);
    agent.destroy();
  });
});
