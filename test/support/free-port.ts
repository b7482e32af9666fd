import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of this machine that nobody listens at, for a program that has to be told one, and to have it again after it was killed. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};
