import { z } from 'zod';

/** Name of a deployment or monitor: it appears in paths and never changes. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What a feature holds. An `integer` widens to `number` when a fraction arrives; both are counted alike. */
export const FeatureKind = z.enum(['integer', 'number', 'category', 'boolean', 'vector']);
export type FeatureKind = z.infer<typeof FeatureKind>;

/** What happens to a feature that is personal data before anything is stored: dropped, replaced by a keyed hash, or encrypted per subject. */
export const PersonalTreatment = z.enum(['drop', 'hash', 'encrypt']);
export type PersonalTreatment = z.infer<typeof PersonalTreatment>;

/** Bucket grid of a numeric subject: `unit` wide buckets around `centre`, doubling further out. */
export const GridShape = z.object({ centre: z.number(), unit: z.number().positive() });

export const FeatureDeclaration = z.object({
  /** As long as the longest name that intake learns by default. */
  name: z.string().min(1).max(1_000),
  kind: FeatureKind,
  /** Number of elements of a vector. */
  length: z.int().min(1).max(4096).optional(),
  personal: PersonalTreatment.optional(),
  grid: GridShape.optional(),
});
export type FeatureDeclaration = z.infer<typeof FeatureDeclaration>;

export const FEATURES_MAX = 2_000;
/** Records after which an inferred schema is no longer provisional. */
export const PROVISIONAL_RECORDS = 500;
/** Words of a category that have a count of their own; later ones are counted as `other`. */
export const CATEGORY_WORDS_MAX = 1_000;
