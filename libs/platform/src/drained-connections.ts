import { type Server } from 'node:http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';

const LOOK_MS = 100;

/**
 * While a server closes, connections end with the answer they wait for. It closes those that are idle when it begins; one that is
 * answered afterwards would be kept open for the next request, and the server with it.
 */
export function endConnectionsWhenClosing(app: NestFastifyApplication): void {
  const server: Server = app.getHttpServer();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preClose', (done) => {
      const looking = setInterval(() => server.closeIdleConnections(), LOOK_MS);
      server.once('close', () => clearInterval(looking));
      done();
    });
}
