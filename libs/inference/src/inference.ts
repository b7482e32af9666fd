import { type NamedTensors, type TensorType } from './tensor.js';

/** One input or output of a model. A dimension is a size, or a name for one that each run chooses (`rows`). */
export type TensorSlot = { readonly name: string; readonly type: TensorType; readonly dims: readonly (number | string)[] };

/** What a model takes and gives, read from the model itself. */
export type ModelSignature = { readonly inputs: readonly TensorSlot[]; readonly outputs: readonly TensorSlot[] };

/**
 * What computed a result. Two runs of one model on the same inputs agree to the bit when their engines are equal in every
 * field; engines that differ may differ in the last bits, because they may order or fuse operations differently.
 */
export type InferenceEngine = {
  readonly name: string;
  readonly version: string;
  readonly provider: string;
  readonly threads: number;
  readonly platform: string;
  readonly cpu: string;
};

/** An opened model. Runs may overlap; each sees only its own inputs. */
export abstract class InferenceSession {
  abstract readonly signature: ModelSignature;
  /**
   * Computes every output of the model. A run cannot be interrupted: bound its time by the number of rows it is given.
   *
   * @throws InferenceError INPUT_REFUSED | RUN_FAILED | SESSION_CLOSED
   */
  abstract run(inputs: NamedTensors): Promise<NamedTensors>;
  /** Waits for what is running and lets go of the model. Closing twice is closing once. */
  abstract close(): Promise<void>;
}

/** Runs models given as ONNX. Every adapter passes `inference.contract.ts`. */
export abstract class Inference {
  abstract readonly engine: InferenceEngine;
  /** @throws InferenceError MODEL_UNREADABLE */
  abstract open(model: Uint8Array): Promise<InferenceSession>;
}
