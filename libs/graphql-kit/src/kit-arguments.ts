// Made from the schema beside this file: what its arguments are in TypeScript. UPDATE_SNAPSHOTS=1 writes it anew, see CONTRIBUTING.md.
export type QueryNodeArguments = {
  /** Global id as found in the field `id` of a node. */
  readonly id: string;
};
