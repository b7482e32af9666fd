import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigurationError } from '#libs/configuration';

/** A drain that takes longer is given up: whoever runs the process would kill it about now. */
const DRAIN_MS_MAX = 25_000;

/** Runs a program: starts it, and on SIGTERM or SIGINT lets it finish what it has taken and ends with 0. */
export async function runProgram(start: () => Promise<NestFastifyApplication>): Promise<void> {
  try {
    const app = await start();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void drain(app));
    process.stdout.write(`driftledger listens on ${await app.getUrl()}\n`);
  } catch (error) {
    sayWhy(error);
    process.exit(1);
  }
}

/** Says on standard error why a program did not start; the place in the code only where `DEBUG` asks for it. */
export function sayWhy(error: unknown): void {
  process.stderr.write(`driftledger did not start: ${error instanceof Error ? error.message : String(error)}\n`);
  if (!(error instanceof ConfigurationError) && process.env['DEBUG'])
    process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
}

async function drain(app: NestFastifyApplication): Promise<void> {
  setTimeout(() => process.exit(1), DRAIN_MS_MAX).unref();
  try {
    await app.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`driftledger did not stop in order: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
