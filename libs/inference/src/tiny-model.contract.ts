/**
 * A model of four operations for the specs, 379 bytes of ONNX: takes `numbers` (float32 [rows, 2]) and `word` (string [rows]),
 * gives `total` = the sum of the row's numbers plus 1 for "one", 10 for "ten", 0 for any other word, and `echo` = the word.
 * Made with onnx.helper from ReduceSum, LabelEncoder (ai.onnx.ml 3), Add and Identity, opset 18, IR version 8.
 */
export const TINY_MODEL: Uint8Array = Buffer.from(
  'CAg64AIKMAoHbnVtYmVycwoEYXhpcxIDc3VtIglSZWR1Y2VTdW0qDwoIa2VlcGRpbXMYAKABAgp8CgR3b3JkEgZ3ZWlnaHQiDExhYmVsRW5jb2RlcioXCg1kZWZh' +
    'dWx0X2Zsb2F0FQAAAACgAQEqGwoMa2V5c19zdHJpbmdzSgNvbmVKA3RlbqABCCocCg12YWx1ZXNfZmxvYXRzPQAAgD89AAAgQaABBjoKYWkub25ueC5tbAoZCgNz' +
    'dW0KBndlaWdodBIFdG90YWwiA0FkZAoWCgR3b3JkEgRlY2hvIghJZGVudGl0eRIEdGlueSoNCAEQBzoBAUIEYXhpc1odCgdudW1iZXJzEhIKEAgBEgwKBhIEcm93' +
    'cwoCCAJaFgoEd29yZBIOCgwICBIICgYSBHJvd3NiFwoFdG90YWwSDgoMCAESCAoGEgRyb3dzYhYKBGVjaG8SDgoMCAgSCAoGEgRyb3dzQgQKABASQg4KCmFpLm9u' +
    'bngubWwQAw==',
  'base64',
);
