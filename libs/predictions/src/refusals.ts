import { type IntakeLimits } from './limits.js';

/** A whole request that is not taken, as the edge answers it. */
export class IntakeRefused extends Error {
  override readonly name = 'IntakeRefused';
  constructor(
    readonly status: 404 | 422 | 429 | 503,
    readonly code: string,
    message: string,
    readonly about: { readonly field?: string; readonly limit?: number; readonly retryAfterSeconds?: number } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static overloaded(limits: IntakeLimits): IntakeRefused {
    return new IntakeRefused(503, 'OVERLOADED', `more than ${limits.waitingRequestsMax} requests wait for this deployment`, {
      limit: limits.waitingRequestsMax,
      retryAfterSeconds: 1,
    });
  }

  static tooManyAtOnce(limit: number): IntakeRefused {
    return new IntakeRefused(429, 'TOO_MANY_AT_ONCE', `more than ${limit} requests of this key are being answered`, {
      limit,
      retryAfterSeconds: 1,
    });
  }

  static tooMuchAtOnce(limit: number): IntakeRefused {
    return new IntakeRefused(503, 'OVERLOADED', `more than ${limit} bytes of records are being taken in`, { limit, retryAfterSeconds: 1 });
  }

  static unavailable(why: string, options?: ErrorOptions): IntakeRefused {
    return new IntakeRefused(503, 'UNAVAILABLE', why, { retryAfterSeconds: 2 }, options);
  }

  static keyReused(): IntakeRefused {
    return new IntakeRefused(422, 'KEY_REUSED', 'this idempotency key was used with another body', { field: 'Idempotency-Key' });
  }
}
