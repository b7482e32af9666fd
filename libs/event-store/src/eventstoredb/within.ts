import { Timeout } from '../errors.js';

/**
 * The promise, or a Timeout when it takes longer. The client's own deadlines are not kept by all of its calls. What is abandoned may
 * still happen, and its error goes nowhere.
 *
 * @throws Timeout
 */
export const within = async <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Timeout(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
};
