import { type INestApplicationContext } from '@nestjs/common';
import { CommandRunner } from '#libs/event-store';
import { Directory, ensureAdminKey } from '#libs/identity';
import { Clock } from '#libs/kernel';
import { Leases } from '#libs/leases';

/** Puts the key of the first admin into a file, once per installation; of several processes that start together, one does it at a time. */
export async function firstAdmin(app: INestApplicationContext, file: string): Promise<void> {
  const lease = await app.get(Leases).acquire('first-admin', { value: String(process.pid) });
  try {
    const [directory, runner, clock] = [app.get(Directory), app.get(CommandRunner), app.get(Clock)];
    await directory.caughtUp(10_000);
    await ensureAdminKey({ file, directory, runner, clock });
  } finally {
    await lease.release();
  }
}
