import { addAbortSignal, type Readable } from 'node:stream';

/**
 * Does something that has to be over by a time, whatever the server does: answer nothing, or one byte a minute.
 *
 * @param work gets a signal that is aborted at the deadline, or when the caller aborts
 * @throws Error `Timeout error …` at the deadline, which counts as transient; what `work` throws
 */
export const withDeadline = async <T>(
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ms);
  try {
    return await work(signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal);
  } catch (error) {
    if (deadline.signal.aborted) throw new Error(`Timeout error: no whole answer within ${ms / 1_000} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
};

/** The whole of a stream as text. @throws what the stream ends with; an AbortError when the signal is aborted before its end */
export const textUntil = async (stream: Readable, signal: AbortSignal): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of addAbortSignal(signal, stream)) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks).toString('utf8');
};
