// Takes a lease and says so; says when it is lost, and whether it believed to hold it meanwhile. Killed or frozen by its parent.
import { SystemClock } from '#libs/kernel';
import { openNatsLeases } from '#libs/leases/nats';
import { connectToNats } from '#libs/messaging/nats';

const [url = '', name = '', ttlMs = '1000'] = process.argv.slice(2);
const connection = await connectToNats({ servers: [url], name: 'lease-holder' });
const leases = await openNatsLeases({ connection, clock: new SystemClock(), ttlMs: Number(ttlMs) });
const lease = await leases.acquire(name, { value: String(process.pid) });
console.log(`held ${lease.epoch}`);
lease.lost.addEventListener('abort', () => console.log(`lost ${lease.lost.reason.why}`), { once: true });
