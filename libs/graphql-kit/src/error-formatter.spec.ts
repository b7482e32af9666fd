import { GraphQLError } from 'graphql';
import { ClickHouseError } from '#libs/clickhouse';
import { Unavailable } from '#libs/event-store';
import { EdgeError } from './errors.js';
import { formatErrors } from './error-formatter.js';

const format = (error: unknown, data: null | Record<string, unknown> = null) => {
  const reported: unknown[] = [];
  const { statusCode, response } = formatErrors((bug) => reported.push(bug))({ errors: [error], data });
  return { statusCode, errors: response.errors, reported };
};

describe('an error on its way to the caller', () => {
  it('made for the caller arrives with its code and path', () => {
    const cause = new EdgeError('FORBIDDEN', 'not yours', 403);
    const located = new GraphQLError('not yours', { originalError: cause, path: ['a', 0] });
    expect(format(located)).toMatchObject({
      statusCode: 403,
      errors: [{ message: 'not yours', path: ['a', 0], extensions: { code: 'FORBIDDEN' } }],
    });
  });

  it('of an engine that is away says so without naming it', () => {
    const located = new GraphQLError('x', { originalError: new Unavailable('unknown', 'SQLITE_FULL at /data'), path: ['a'] });
    expect(format(located)).toMatchObject({ statusCode: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }], reported: [] });
    expect(JSON.stringify(format(located).errors)).not.toContain('SQLITE');
  });

  it('of a read model that has too much to do says to try again, and of one that is wrong says nothing', () => {
    const busy = new ClickHouseError('AlertsPage: too many', '202', 'TOO_MANY_SIMULTANEOUS_QUERIES', true);
    expect(format(busy)).toMatchObject({ statusCode: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }], reported: [] });
    const wrong = new ClickHouseError('AlertsPage: no such table', '60', 'UNKNOWN_TABLE', false);
    expect(format(wrong)).toMatchObject({ statusCode: 500, errors: [{ message: 'internal error' }], reported: [wrong] });
  });

  it.each([
    new Error('password is hunter2'),
    new GraphQLError('password is hunter2', { path: ['a'] }),
    new GraphQLError('wrapped', {
      path: ['a'],
      originalError: new GraphQLError('password is hunter2', { originalError: new Error('hunter2') }),
    }),
    'hunter2',
  ])('that is a bug is reported and hidden: %#', (error) => {
    const { errors, reported, statusCode } = format(error);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
    expect([reported.length, statusCode]).toEqual([1, 500]);
  });

  it('beside partial data leaves the status at 200', () => {
    expect(format(new Error('x'), { a: null }).statusCode).toBe(200);
  });
});
