/** Values of one type, flat, in row-major order. `dims` is the shape; its product is the number of values. */
export type Tensor =
  | { readonly type: 'float32'; readonly data: Float32Array; readonly dims: readonly number[] }
  | { readonly type: 'float64'; readonly data: Float64Array; readonly dims: readonly number[] }
  | { readonly type: 'int32'; readonly data: Int32Array; readonly dims: readonly number[] }
  | { readonly type: 'int64'; readonly data: BigInt64Array; readonly dims: readonly number[] }
  | { readonly type: 'string'; readonly data: readonly string[]; readonly dims: readonly number[] };

/** Names of the element types that cross the port. A model with any other input or output is refused when it is opened. */
export type TensorType = Tensor['type'];

/** Tensors by the names the model gives them. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** A column of numbers, one per row, as the single precision that models are usually trained in. */
export const numbers = (values: ArrayLike<number>): Tensor => ({
  type: 'float32',
  data: Float32Array.from(values),
  dims: [values.length],
});

/** A column of words, one per row. */
export const words = (values: readonly string[]): Tensor => ({ type: 'string', data: values, dims: [values.length] });
