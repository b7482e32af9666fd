import { BusUnavailable } from '../message-bus.js';

/** The promise, or `BusUnavailable` when it takes longer or fails. What is abandoned may still happen. @throws BusUnavailable */
export const within = async <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } catch (cause) {
    throw new BusUnavailable(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
};
