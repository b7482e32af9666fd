/**
 * What may go wrong at the port.
 *
 * `MODEL_UNREADABLE` the bytes are no model this engine can run; `INPUT_REFUSED` the inputs do not fit the model, nothing was
 * computed; `RUN_FAILED` the engine gave up on fitting inputs; `SESSION_CLOSED` the session was closed before.
 */
export type InferenceErrorCode = 'MODEL_UNREADABLE' | 'INPUT_REFUSED' | 'RUN_FAILED' | 'SESSION_CLOSED';

/** An inference that gave no result. The message names inputs, types and shapes, never values. */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';
  constructor(
    readonly code: InferenceErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
