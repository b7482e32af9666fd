import { instant, type Clock } from '#libs/kernel';
import { leasesContract } from '../leases.contract.js';
import { InProcessLeases } from './in-process-leases.js';

const clock: Clock = { now: () => instant(1_700_000_000_000) };

leasesContract('in process', async () => {
  const leases = new InProcessLeases(clock);
  return { one: leases, other: leases, stop: () => leases.close() };
});
