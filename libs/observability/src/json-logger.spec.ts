import { CorrelationContext } from './correlation.js';
import { type LogLevel, JsonLogger } from './json-logger.js';

const logging = (level: LogLevel = 'info') => {
  const lines: string[] = [];
  const correlation = new CorrelationContext();
  const logger = new JsonLogger({ level, correlation, destination: { write: (line) => void lines.push(line) } });
  return { logger, correlation, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

describe('JsonLogger', () => {
  it('writes one JSON object a line with the context that Nest gives last', () => {
    const { logger, parsed } = logging();
    logger.log('listening', 'Standalone');
    expect(parsed()).toEqual([expect.objectContaining({ level: 30, msg: 'listening', context: 'Standalone' })]);
  });

  it('adds the ids of the request it belongs to, across asynchronous steps', async () => {
    const { logger, correlation, parsed } = logging();
    await correlation.run({ requestId: 'r1', correlationId: 'c1' }, async () => {
      await Promise.resolve();
      logger.warn('inside');
    });
    logger.warn('outside');
    expect(parsed()[0]).toEqual(expect.objectContaining({ requestId: 'r1', correlationId: 'c1' }));
    expect(parsed()[1]).not.toHaveProperty('requestId');
  });

  it('lets no secret through, in messages, objects, details or errors', () => {
    const { logger, lines } = logging('trace');
    const secret = 's'.repeat(43);
    const key = `dl_0123456789abcdef_${secret}`;
    logger.log(key);
    logger.log({ headers: { authorization: `Bearer ${secret}`, cookie: `driftledger_session=${secret}` } });
    logger.error('failed', { token: secret }, 'Context');
    logger.error(new Error(key));
    logger.debug(`/sign-in?token=${secret}`);
    logger.verbose([{ key: secret }]);
    logger.fatal('x', new Error('y', { cause: { secret } }));
    expect(lines).toHaveLength(7);
    expect(lines.join('')).not.toContain(secret);
  });

  it('is silent below its level', () => {
    const { logger, lines } = logging('warn');
    logger.log('no');
    expect(lines).toEqual([]);
  });
});
