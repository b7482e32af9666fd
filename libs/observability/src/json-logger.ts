import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { type CorrelationContext } from './correlation.js';
import { redact, redactText } from './redaction.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `destination` defaults to standard output. */
export type JsonLoggerOptions = {
  readonly level: LogLevel;
  readonly correlation: CorrelationContext;
  readonly destination?: DestinationStream;
};

/**
 * One JSON object a line, as Nest's logger: `app.useLogger(logger)`. Every value is copied through the redaction first, so a
 * secret cannot reach a log by being inside an object, an error or a URL.
 */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  constructor({ level, correlation, destination }: JsonLoggerOptions) {
    const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin: () => ({ ...correlation.current() }) };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.pino.info(...lineOf(message, rest));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.pino.error(...lineOf(message, rest));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.pino.warn(...lineOf(message, rest));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.pino.debug(...lineOf(message, rest));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.pino.trace(...lineOf(message, rest));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.pino.fatal(...lineOf(message, rest));
  }
}

/** Nest gives the context, a class name, as the last argument; `Logger.error` may give a stack before it. */
const lineOf = (message: unknown, rest: readonly unknown[]): [object, string] => {
  const context = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
  const details = context === undefined ? rest : rest.slice(0, -1);
  const fields = {
    ...(context === undefined ? {} : { context }),
    ...(details.length === 0 ? {} : { details: redact(details) }),
  };
  if (typeof message === 'string') return [fields, redactText(message)];
  if (message instanceof Error) return [{ ...fields, error: redact(message) }, redactText(message.message)];
  return [{ ...fields, data: redact(message) }, ''];
};
