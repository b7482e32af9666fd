// Made from the schema beside this file: what its arguments are in TypeScript. UPDATE_SNAPSHOTS=1 writes it anew, see CONTRIBUTING.md.
/** What a feature holds. */
export type FeatureKind = 'INTEGER' | 'NUMBER' | 'CATEGORY' | 'BOOLEAN' | 'VECTOR';

/** What happens to a personal feature before anything is stored. */
export type PersonalTreatment = 'DROP' | 'HASH' | 'ENCRYPT';

/** Registers a deployment. */
export type RegisterDeploymentInput = {
  /** Lower-case letters, digits, dots, dashes and underscores, 64 at most. Never changes. */
  readonly name: string;
  /** Model behind it. */
  readonly model?: string | null;
  /** Environment it serves in. */
  readonly environment?: string | null;
  /** Refuse records with mistyped or unknown values instead of marking them. */
  readonly strict: boolean | null;
};

/** A grid to count a number by. */
export type BucketGridInput = {
  /** Centre, in the unit of the feature. */
  readonly centre: number;
  /** Width of a bucket near the centre, above 0. */
  readonly unit: number;
};

/** A feature to declare. */
export type FeatureInput = {
  /** Name as sent; nested objects are flattened with dots. */
  readonly name: string;
  /** What it holds. */
  readonly kind: FeatureKind;
  /** Elements of a vector. */
  readonly length?: number | null;
  /** How it is treated as personal data. */
  readonly personal?: PersonalTreatment | null;
  /** Buckets of a number. */
  readonly grid?: BucketGridInput | null;
};

/** Declares features. */
export type DeclareFeaturesInput = {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Features; those declared before keep their type. */
  readonly features: readonly FeatureInput[];
};

/** Changes the type of a feature. */
export type ChangeFeatureTypeInput = {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Name of the feature. */
  readonly feature: string;
  /** What it holds from now on. */
  readonly to: FeatureKind;
  /** Elements of a vector, 1 to 4,096; only for VECTOR, which keeps its length when none is given. */
  readonly length?: number | null;
  /** Why. */
  readonly reason: string;
};

export type QueryDeploymentsArguments = {
  /** Deployments of a page, at most 200. */
  readonly first: number | null;
  /** Cursor to go on after. */
  readonly after?: string | null;
};

export type QueryDeploymentArguments = {
  /** Name of the deployment. */
  readonly name: string;
};

export type MutationRegisterDeploymentArguments = {
  /** What to register. */
  readonly input: RegisterDeploymentInput;
};

export type MutationDeclareFeaturesArguments = {
  /** What to declare. */
  readonly input: DeclareFeaturesInput;
};

export type MutationChangeFeatureTypeArguments = {
  /** What to change. */
  readonly input: ChangeFeatureTypeInput;
};
