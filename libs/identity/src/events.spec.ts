import { readGoldenEvents } from '../../../test/support/golden-events.js';
import { IDENTITY_EVENTS, PRINCIPAL_STREAMS, UNAUTHENTICATED_STREAM, accessStream, principalIdOf, principalStream } from './events.js';
import { OPERATION_EVENTS } from './operation-events.js';

describe('the events of identity', () => {
  it('can all be read in every version that was ever stored', () => {
    const all = [...IDENTITY_EVENTS, ...OPERATION_EVENTS];
    expect(readGoldenEvents('identity', all)).toHaveLength(all.length);
  });
  it('stand in streams whose names say no more than a category and an id', () => {
    const id = principalIdOf('somebody');
    expect(principalStream(id)).toBe(`${PRINCIPAL_STREAMS}${id}`);
    expect(accessStream(id)).toBe(`access-${id}`);
    expect(UNAUTHENTICATED_STREAM).toMatch(/^access-[0-9a-f-]{36}$/);
  });
  it('give a name the same id for ever', () => {
    expect(principalIdOf('admin')).toBe('c8bd4c16-8271-5ad7-9c71-e23594f73a88');
  });
});
