import { REDACTED, redact, redactText } from './redaction.js';

const key = `dl_0123456789abcdef_${'s'.repeat(43)}`;

describe('redaction', () => {
  it('hides the values of secret fields at any depth and in any spelling', () => {
    const seen = redact({
      headers: { Authorization: 'x', 'set-cookie': ['a=b'], 'X-Trace': 'kept' },
      list: [{ api_key: 1, token: { a: 1 } }],
    });
    expect(seen).toEqual({
      headers: { Authorization: REDACTED, 'set-cookie': REDACTED, 'X-Trace': 'kept' },
      list: [{ api_key: REDACTED, token: REDACTED }],
    });
  });

  it('hides our keys inside any text, keeping the id that says which key it was', () => {
    expect(redactText(`refused ${key} today`)).toBe(`refused dl_0123456789abcdef_${REDACTED} today`);
    expect(redact([key])).toEqual([`dl_0123456789abcdef_${REDACTED}`]);
  });

  it.each([
    ['authorization: Bearer abc.def', `authorization: Bearer ${REDACTED}`],
    ['Basic dXNlcjpwYXNz', `Basic ${REDACTED}`],
    ['GET /sign-in?token=abc_-1&x=1', `GET /sign-in?token=${REDACTED}&x=1`],
    ['cookie driftledger_session=abc; other=1', `cookie driftledger_session=${REDACTED}; other=1`],
  ])('hides credentials in %j', (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
  });

  it('looks into errors, their causes and their fields', () => {
    const error = Object.assign(new Error(`bad ${key}`, { cause: new Error(`worse ${key}`) }), { token: 'x', code: 'E1' });
    const seen = JSON.stringify(redact(error));
    expect(seen).not.toContain('sss');
    expect(seen).toContain('"code":"E1"');
    expect(seen).toContain('worse dl_0123456789abcdef_');
  });

  it('ends on cycles, depth, bytes and big numbers', () => {
    const cyclic: Record<string, unknown> = { n: 1n, bytes: new Uint8Array(3) };
    cyclic['self'] = cyclic;
    expect(redact(cyclic)).toEqual({ n: '1', bytes: '[3 bytes]', self: '[cycle]' });
    let deep: unknown = 'end';
    for (let level = 0; level < 50; level += 1) deep = { deep };
    expect(JSON.stringify(redact(deep))).toContain('[deeper]');
  });

  it('shows the same object twice when it stands beside itself', () => {
    const shared = { a: 1 };
    expect(redact([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);
  });
});
