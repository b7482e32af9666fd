/** Repeatable pseudo-random numbers in [0, 1). */
const seeded = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x80000000;
};

const CATEGORY_SIZES = [3, 10, 50, 200, 800];
/** Distinct records prepared; ids make each one sent different. */
const RECORDS = 5_000;

/**
 * Records without their id, as JSON text, prepared before anything is measured. 25 features, as in a typical table: 8 doubles, 8 decimals
 * of 4 digits, 4 integers, 5 categories.
 */
export const preparedRecords = (seed = 7): readonly string[] => {
  const random = seeded(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: RECORDS }, () => {
    const features: Record<string, unknown> = {};
    for (let i = 0; i < 8; i += 1) features[`double_${i}`] = 50 + normal() * 12;
    for (let i = 0; i < 8; i += 1) features[`decimal_${i}`] = Math.round(normal() * 10_000) / 10_000;
    for (let i = 0; i < 4; i += 1) features[`integer_${i}`] = Math.floor(random() * 100 * (i + 1));
    for (const [i, size] of CATEGORY_SIZES.entries()) features[`category_${i}`] = `value ${Math.floor(random() ** 2 * size)}`;
    return `"features":${JSON.stringify(features)},"score":${Math.round(random() * 1e6) / 1e6},"version":"7"}`;
  });
};

/** NDJSON of `size` records with ids `<prefix>-<n>`, n from `first` on. */
export const ndjson = (records: readonly string[], prefix: string, first: number, size: number): string =>
  Array.from({ length: size }, (_, at) => `{"id":"${prefix}-${first + at}",${records[(first + at) % records.length] ?? '}'}`).join('\n');
