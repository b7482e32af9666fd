import { setTimeout as delay } from 'node:timers/promises';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { CommandRunner } from '#libs/event-store';
import { Directory, ensureAdminKey } from '#libs/identity';
import { Clock } from '#libs/kernel';
import { Leases, LeasesClosed } from '#libs/leases';

/** Servers that are at hand answer within this time; others are waited for while the program runs. */
const WITHIN_MS = 10_000;
const PAUSE_MS = 2_000;

/**
 * Puts the key of the first admin into a file, once per installation; of several processes that start together, one does it at a time.
 * Resolves when that is done, or after ten seconds, when it goes on by itself until the process ends.
 */
export async function firstAdmin(app: INestApplicationContext, file: string): Promise<void> {
  await Promise.race([surely(app, file), delay(WITHIN_MS, undefined, { ref: false })]);
}

async function surely(app: INestApplicationContext, file: string): Promise<void> {
  for (let told = false; ; told = true) {
    try {
      return await attempt(app, file);
    } catch (error) {
      if (error instanceof LeasesClosed) return;
      const why = error instanceof Error ? error.message : String(error);
      if (!told) new Logger('FirstAdmin').warn(`there is no key of the first admin yet, which is tried again: ${why}`);
      await delay(PAUSE_MS, undefined, { ref: false });
    }
  }
}

async function attempt(app: INestApplicationContext, file: string): Promise<void> {
  const lease = await app.get(Leases).acquire('first-admin', { value: String(process.pid) });
  try {
    const [directory, runner, clock] = [app.get(Directory), app.get(CommandRunner), app.get(Clock)];
    if (!(await directory.caughtUp(WITHIN_MS)) || directory.failure)
      throw new Error('the log was not read yet', { cause: directory.failure });
    await ensureAdminKey({ file, directory, runner, clock, shared: true });
  } finally {
    await lease.release();
  }
}
