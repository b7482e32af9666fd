import { readFile } from 'node:fs/promises';
import { type Inference, type InferenceSession, numbers, words } from '#libs/inference';
import { type Flight } from './flights.js';

/** What the model is asked with, one column per input. */
type Asked = Pick<Flight, 'hour' | 'distance' | 'origin' | 'destination'>;

/** Rows given to the model at once: long enough to be quick, short enough to keep the process answering. */
const ROWS_AT_ONCE = 8192;
/** The last bits of an exponential differ between processors; four decimals are more than the model knows. */
const DECIMALS = 1e4;

/** The bytes of the delay model that lies beside this file. */
export const delayModel = (): Promise<Uint8Array> => readFile(new URL('./delay-model.onnx', import.meta.url));

/** Answers how likely flights are to come in more than 15 minutes late. */
export class DelayScorer {
  private constructor(private readonly session: InferenceSession) {}

  /** @throws InferenceError when the bytes are no model */
  static async open(inference: Inference, model: Uint8Array): Promise<DelayScorer> {
    return new DelayScorer(await inference.open(model));
  }

  /** Probabilities in the order of the flights, rounded to four decimals. */
  async score(flights: readonly Asked[]): Promise<number[]> {
    const scores: number[] = [];
    for (let start = 0; start < flights.length; start += ROWS_AT_ONCE) {
      const part = await this.scorePart(flights.slice(start, start + ROWS_AT_ONCE));
      for (const probability of part) scores.push(Math.round(probability * DECIMALS) / DECIMALS);
    }
    return scores;
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private async scorePart(flights: readonly Asked[]): Promise<Float32Array> {
    const { probability } = await this.session.run({
      hour: numbers(flights.map((flight) => flight.hour)),
      distance: numbers(flights.map((flight) => flight.distance)),
      origin: words(flights.map((flight) => flight.origin)),
      destination: words(flights.map((flight) => flight.destination)),
    });
    if (probability?.type !== 'float32') throw new TypeError('DelayScorer requires a model with a float32 output named probability');
    return probability.data;
  }
}
