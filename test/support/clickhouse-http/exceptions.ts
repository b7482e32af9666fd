/** What a server says when a statement fails. `code` and `type` are ClickHouse's. */
export class Exception extends Error {
  override readonly name = 'Exception';
  constructor(
    readonly code: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }

  /** As servers print it. */
  get text(): string {
    return `Code: ${this.code}. DB::Exception: ${this.message} (${this.type}) (version of the embedded engine)\n`;
  }

  /** Servers answer most errors with 500, and these with another status. */
  get status(): number {
    return STATUS.get(this.code) ?? 500;
  }
}

const STATUS: ReadonlyMap<number, number> = new Map([
  ...[6, 27, 36, 43, 53, 62, 72, 73].map((code) => [code, 400] as const),
  [194, 401],
  ...[192, 193, 516].map((code) => [code, 403] as const),
  ...[16, 46, 47, 60, 81, 115].map((code) => [code, 404] as const),
  [159, 408],
  [48, 501],
  [76, 503],
]);

/** The engine prints code and type into its message. */
export const exceptionOf = (error: unknown): Exception => {
  if (error instanceof Exception) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [, code = '', message = '', type = ''] = /^Code: (\d+)\. DB::Exception: (.*) \(([A-Z0-9_]+)\)\s*$/s.exec(text) ?? [];
  return code === '' ? new Exception(1001, 'STD_EXCEPTION', text) : new Exception(Number(code), type, message);
};
