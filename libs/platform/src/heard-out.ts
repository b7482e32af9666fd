import { type IncomingMessage } from 'node:http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';

/** More than this nobody is heard out for. */
const BYTES_MAX = 64 * 1024 * 1024;
const WAIT_MS_MAX = 2_000;

/**
 * Whoever sends a body that is too large is told so when it has been sent, and dropped as it came. The connection ends with that answer,
 * and ended while the sender is still writing it, it is a broken one: the answer is lost, and all that is seen is a failed write.
 */
export function hearOutWhatIsTooLarge(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async (request, reply) => {
      if (reply.statusCode === 413) await heardOut(request.raw);
    });
}

/** Resolves when all of it came, or as much as anybody is heard out for. */
const heardOut = (incoming: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    if (incoming.complete || incoming.destroyed) return resolve();
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > BYTES_MAX) end();
    };
    const end = (): void => {
      clearTimeout(timer);
      incoming.off('data', count);
      resolve();
    };
    const timer = setTimeout(end, WAIT_MS_MAX);
    for (const event of ['end', 'close', 'error']) incoming.once(event, end);
    incoming.on('data', count).resume();
  });
