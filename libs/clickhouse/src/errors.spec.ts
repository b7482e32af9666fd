import { describe, expect, it } from '@jest/globals';
import { clickHouseError } from './errors.js';

describe('errors of ClickHouse and of the way to it', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EMFILE', 'ECONNREFUSED', '243', '241'])('say that the same statement may succeed later: %s', (code) => {
    expect(clickHouseError('insert into a.b', Object.assign(new Error('away'), { code })).transient).toBe(true);
  });

  it.each(['60', 'EACCES', ''])('are final otherwise: %j', (code) => {
    expect(clickHouseError('insert into a.b', Object.assign(new Error('no'), { code })).transient).toBe(false);
  });
});
