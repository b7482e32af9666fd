import fc from 'fast-check';
import { uuid } from '#libs/kernel';
import { globalId, parseGlobalId } from './global-id.js';

describe('a global id', () => {
  it('comes back as it went out', () => {
    fc.assert(
      fc.property(fc.uuid(), (text) => {
        const id = uuid(text);
        expect(parseGlobalId(globalId('AuditEntry', id), 'AuditEntry')).toEqual({ type: 'AuditEntry', id });
      }),
    );
  });

  it('of another type is refused with both names', () => {
    const id = globalId('Monitor', uuid('00000000-0000-4000-8000-000000000001'));
    expect(() => parseGlobalId(id, 'Alert')).toThrow('expected the id of a Alert, got one of a Monitor');
  });

  it.each(['', 'x', 'TW9uaXRvcjox', 'a'.repeat(10_000)])('is refused when it is %#', (text) => {
    expect(() => parseGlobalId(text)).toThrow('opaque');
  });
});
