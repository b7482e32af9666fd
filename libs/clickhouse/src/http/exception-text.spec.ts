import { exceptionIn, exceptionRow, trailingException } from './exception-text.js';

const PLAIN =
  'Code: 241. DB::Exception: Memory limit (total) exceeded: would use 1.00 GiB. (MEMORY_LIMIT_EXCEEDED) (version 25.8.26.11 (official build))\n';
const TAG = 'rjkmtqwlcv';
const framed = (text: string) => `\r\n__exception__\r\n${TAG}\r\n${text}${Buffer.byteLength(text)} ${TAG}\r\n__exception__\r\n`;

describe('an exception of ClickHouse', () => {
  it('is read with its code, type and message', () => {
    expect(exceptionIn(PLAIN)).toMatchObject({
      code: '241',
      type: 'MEMORY_LIMIT_EXCEEDED',
      message: 'Memory limit (total) exceeded: would use 1.00 GiB.',
    });
    expect(exceptionIn('Code: 999. Coordination::Exception: Session expired. (KEEPER_EXCEPTION)')).toMatchObject({ code: '999' });
  });

  it('is that of the server where it happened, when another one passed it on', () => {
    const passedOn =
      'Code: 57. DB::Exception: There was an error on [a:9000]: Code: 60. DB::Exception: No such table. (UNKNOWN_TABLE) (TABLE_ALREADY_EXISTS)';
    expect(exceptionIn(passedOn)).toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
  });

  it.each(['', '<html><h1>502 Bad Gateway</h1></html>', 'Code: 5 is a good one'])('is not seen in something else: %j', (text) => {
    expect(exceptionIn(text)).toBeUndefined();
  });

  it('is found at the end of a result that had begun, with marks and without', () => {
    expect(trailingException(`[{"n":0},${PLAIN}`, undefined)).toMatchObject({ code: '241' });
    expect(trailingException(`[{"n":0},\n${framed(PLAIN)}`, TAG)).toMatchObject({ code: '241' });
    expect(trailingException(framed('boom'), TAG)?.message).toContain('boom');
  });

  it('is not taken from what was selected: other marks, or a text that more comes after', () => {
    expect(trailingException(`[{"text":"${framed('boom')}"}]`, 'another')).toBeUndefined();
    expect(trailingException(`[{"text":"${PLAIN.trim()}"}]`, TAG)).toBeUndefined();
  });

  it('is seen where a server wrote it as a row, and not in a column that has its name', () => {
    expect(exceptionRow({ exception: PLAIN })).toMatchObject({ code: '241' });
    expect(exceptionRow({ exception: 'none' })).toBeUndefined();
    expect(exceptionRow({ exception: 3 })).toBeUndefined();
    expect(exceptionRow(undefined)).toBeUndefined();
  });
});
