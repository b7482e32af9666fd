export { type Lease, type LeaseHolder, type LeaseRequest, LeaseLost, Leases, LeasesClosed, LeasesUnavailable } from './leases.js';
