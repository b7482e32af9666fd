import { z } from 'zod';
import { defineEvent } from './define-event.js';

const Renamed = defineEvent('ThingRenamed', {
  version: 3,
  schema: z.object({ name: z.string(), by: z.object({ team: z.string() }), tags: z.array(z.object({ key: z.string() })).default([]) }),
  upcasters: {
    1: (old) => ({ name: z.object({ title: z.string() }).parse(old).title }),
    2: (old) => ({ ...z.object({ name: z.string() }).parse(old), by: { team: 'unknown' } }),
  },
});

describe('defineEvent', () => {
  it('lifts every older version through the whole chain into the current shape', () => {
    expect(Renamed.read({ title: 'a' }, 1)).toEqual({ name: 'a', by: { team: 'unknown' }, tags: [] });
    expect(Renamed.read({ name: 'b' }, 2)).toEqual({ name: 'b', by: { team: 'unknown' }, tags: [] });
  });

  it('ignores on read a field that a newer release added', () => {
    expect(Renamed.read({ name: 'a', by: { team: 'x', lead: 'y' }, tags: [], colour: 'red' }, 3)).toEqual({
      name: 'a',
      by: { team: 'x' },
      tags: [],
    });
  });

  it('refuses on write a field that nobody declared, however deep it sits', () => {
    expect(Renamed.problem({ name: 'a', by: { team: 'x' }, colour: 'red' })).toBe('unknown key colour');
    expect(Renamed.problem({ name: 'a', by: { team: 'x', lead: 'y' }, tags: [] })).toBe('unknown key by.lead');
    expect(Renamed.problem({ name: 'a', by: { team: 'x' }, tags: [{ key: 'k', value: 1 }] })).toBe('unknown key tags.0.value');
    expect(Renamed.problem({ name: 'a', by: { team: 'x' }, tags: [], colour: undefined })).toBeUndefined();
  });

  it('says what is wrong with a value of the wrong kind', () => {
    expect(Renamed.problem({ name: 1, by: { team: 'x' }, tags: [] })).toMatch(/expected string/);
  });

  it('lets `read` replace the schema when reading and keeps it when writing', () => {
    const Columns = defineEvent('ColumnsKept', {
      version: 1,
      schema: z.object({ values: z.array(z.number()) }),
      read: () => ({ values: [42] }),
    });
    expect(Columns.read({ values: ['never looked at'] }, 1)).toEqual({ values: [42] });
    expect(Columns.problem({ values: ['a'] })).toMatch(/expected number/);
  });

  it.each([
    ['a name that is no fact', () => defineEvent('thing', { version: 1, schema: z.object({}) })],
    ['a missing upcaster', () => defineEvent('ThingRenamed', { version: 2, schema: z.object({}) })],
    [
      'an upcaster past the current version',
      () => defineEvent('ThingRenamed', { version: 1, schema: z.object({}), upcasters: { 1: (old) => old } }),
    ],
    ['a version below one', () => defineEvent('ThingRenamed', { version: 0, schema: z.object({}) })],
    ['a strict schema', () => defineEvent('ThingRenamed', { version: 1, schema: z.strictObject({}) })],
  ])('refuses %s when the program starts', (_, define) => {
    expect(define).toThrow(TypeError);
  });
});
