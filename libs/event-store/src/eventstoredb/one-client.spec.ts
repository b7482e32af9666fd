import { refuseOtherClient } from './one-client.js';

describe('a process', () => {
  it('uses this client or its successor, never both', () => {
    expect(() => refuseOtherClient(['/app/node_modules/@kurrent/kurrentdb-client/dist/index.js'])).toThrow(/cannot be used in one process/);
    expect(() => refuseOtherClient(['/app/node_modules/@eventstore/db-client/dist/index.js'])).not.toThrow();
  });

  it('looks at what it has loaded itself', () => {
    expect(() => refuseOtherClient()).not.toThrow();
  });
});
