import { IntakeRefused } from './refusals.js';

export type AdmissionLimits = {
  /** Requests of one key that may be under way at a time. */
  readonly requestsPerKeyMax: number;
  /** Bytes of decoded bodies that may be under way in the whole process. */
  readonly bytesMax: number;
};

/** Bounds what is under way: per key, so that one producer cannot take the place of all others, and in bytes, so that memory lasts. */
export class Admission {
  private readonly underWay = new Map<string, number>();
  private bytes = 0;

  constructor(private readonly limits: AdmissionLimits) {}

  /**
   * Runs the work of one request of a key.
   * @throws IntakeRefused 429 when the key has too many under way
   */
  async admit<T>(key: string, work: () => Promise<T>): Promise<T> {
    const now = this.underWay.get(key) ?? 0;
    if (now >= this.limits.requestsPerKeyMax) throw IntakeRefused.tooManyAtOnce(this.limits.requestsPerKeyMax);
    this.underWay.set(key, now + 1);
    try {
      return await work();
    } finally {
      const left = (this.underWay.get(key) ?? 1) - 1;
      if (left > 0) this.underWay.set(key, left);
      else this.underWay.delete(key);
    }
  }

  /**
   * Runs work that holds so many bytes until it is done. One request is taken however large it is.
   * @throws IntakeRefused 503 when too much is under way
   */
  async hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.bytes > 0 && this.bytes + bytes > this.limits.bytesMax) throw IntakeRefused.tooMuchAtOnce(this.limits.bytesMax);
    this.bytes += bytes;
    try {
      return await work();
    } finally {
      this.bytes -= bytes;
    }
  }
}
