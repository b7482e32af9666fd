/** The command was called in a way it does not understand. Ends the process with status 2; the code names what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
